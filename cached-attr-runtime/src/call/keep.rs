//! Whether, where and for how long an answer is kept: decided once, at the end of its load.

use std::any::Any;

use crate::clock::{NEVER, Stamp};
use crate::entry::{CopyMark, EntryMeta, ErasedPair, Kept, LoadInfo, SharedEntry};
use crate::policy::Policy;
use crate::store::Store;

/// What the code of a load has said of its answer so far.
#[derive(Clone, Default)]
pub(crate) struct Said {
    /// Nanoseconds.
    pub(crate) ttl: Option<u64>,
    pub(crate) no_store: bool,
    pub(crate) kept: Kept,
    /// The answer is the value that it replaces.
    pub(super) renews: bool,
    /// Where its answer comes from and where it stays.
    pub(crate) place: Place,
    /// It goes on in the background, and a stale record is served.
    #[cfg(feature = "shared")]
    pub(super) revalidates: bool,
    /// What was decided of it already.
    pub(super) decided: Option<Keep>,
}

/// Where an answer comes from, and where it stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "shared"),
    allow(dead_code, reason = "without a tier all of them stay in memory")
)]
pub(crate) enum Place {
    /// In memory.
    #[default]
    Memory,
    /// The same, for a `shared` function: at most so long, and while this holds.
    Copy { mark: CopyMark, at_most: u64 },
    /// It is a record of the tier, loaded then. A copy stays in memory, if there may be one.
    Record {
        mark: Option<CopyMark>,
        began: Stamp,
        at_most: u64,
    },
    /// In the tier, if that took it, and not in memory.
    Tier { stored: bool },
    /// It is a stale record of the tier, and stays there.
    Stale,
}

/// Whether and for how long an answer is kept, decided once.
#[derive(Clone)]
pub(crate) struct Keep {
    pub(super) meta: EntryMeta,
    /// From the start of its load, in nanoseconds.
    pub(super) lifetime: u64,
    pub(super) storable: bool,
    kept: Option<Kept>,
    pub(super) place: Place,
}

impl Keep {
    /// Looks at a value at the end of its load.
    pub(super) fn decide(
        (store, policy): (&Store, &Policy),
        info: &LoadInfo,
        key: &dyn Any,
        value: &dyn Any,
        said: Option<Said>,
    ) -> Self {
        let (ttl, no_store, kept) = match said {
            Some(said) => (said.ttl, said.no_store, Some(said.kept)),
            None => (None, false, None),
        };
        let may_store = policy.may_store(value) && !no_store;
        let meta = store.meta(policy, info, key, value, ttl);
        let mut keep = Keep::of((store, policy), meta, may_store);
        keep.kept = kept.filter(|kept| !kept.is_empty());
        keep
    }

    pub(super) fn of((store, policy): (&Store, &Policy), meta: EntryMeta, may_store: bool) -> Self {
        let lifetime = policy.lifetime(&meta, store.ttl_override());
        Keep {
            meta,
            lifetime,
            storable: may_store && lifetime > 0 && store.has_room_for(&meta),
            kept: None,
            place: Place::Memory,
        }
    }

    /// The same answer at its place.
    pub(super) fn at(mut self, place: Place, (store, policy): (&Store, &Policy)) -> Self {
        let (mark, most) = match place {
            Place::Memory | Place::Tier { .. } | Place::Stale => (None, NEVER),
            Place::Copy { mark, at_most } => (Some(mark), at_most),
            Place::Record {
                mark,
                began,
                at_most,
            } => {
                self.meta.load.began = began;
                // What a closure says of the value counted from its load.
                self.meta.own_ttl = Some(at_most);
                (mark, at_most)
            }
        };
        self.meta.copy = mark;
        self.meta.at_most = most;
        self.place = place;
        self.lifetime = policy.lifetime(&self.meta, store.ttl_override());
        self.storable = self.storable && self.lifetime > 0;
        self
    }

    pub(super) fn in_memory(&self) -> bool {
        !matches!(
            self.place,
            Place::Tier { .. } | Place::Stale | Place::Record { mark: None, .. }
        )
    }

    /// The entry of a value.
    pub(super) fn entry<P: ErasedPair>(&self, pair: P) -> SharedEntry {
        SharedEntry::with_kept(&self.meta, self.kept.clone(), pair)
    }
}
