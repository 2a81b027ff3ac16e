//! What is known about an answer, beside the answer.

use crate::clock::{NEVER, Stamp};
#[cfg(feature = "shared")]
use crate::tier::Generation;

/// The load that an answer comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoadInfo {
    pub(crate) hash: u64,
    /// When it began.
    pub(crate) began: Stamp,
    /// Its place among all loads of the cache: clocks may stand still, this does not.
    pub(crate) sequence: u64,
    /// How old the answers that it took from other caches are at most, in nanoseconds; see
    /// [`CacheControl`](crate::CacheControl).
    pub(crate) max_input_age: u64,
}

/// What an answer is, for the choice of its lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Value,
    /// `None`, in a function with a `negative_ttl`.
    Absent,
    /// An error, in a function with an `error_ttl`.
    Failure,
}

/// What has to hold so that an answer of a `shared` function may be served from memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "shared"),
    allow(dead_code, reason = "without a tier there are no copies")
)]
pub(crate) enum CopyMark {
    /// There is no tier.
    WithoutTier,
    /// The tier is away.
    WhileAway,
    /// Nothing: this flight has read it from the tier, and it is for those who wait for this flight.
    InFlight,
    /// The tier's changes have been reported without a gap since.
    #[cfg(feature = "shared")]
    Since(Generation),
}

/// All of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EntryMeta {
    pub(crate) load: LoadInfo,
    pub(crate) kind: Kind,
    /// A lifetime of its own, in nanoseconds: what a `ttl` closure said of this value.
    pub(crate) own_ttl: Option<u64>,
    /// In nanoseconds, in place of all that: what the load itself said of its answer.
    pub(crate) load_ttl: Option<u64>,
    /// By how much `jitter` shortens the lifetime, in parts of 2¹⁶.
    pub(crate) jitter: u16,
    pub(crate) weight: u32,
    /// Whether it counts when it was last read.
    pub(crate) idles: bool,
    /// The longest lifetime that it may have, in nanoseconds: as a copy of a record in the shared tier.
    pub(crate) at_most: u64,
    /// Of a `shared` function's answer.
    pub(crate) copy: Option<CopyMark>,
}

impl EntryMeta {
    /// What is known of an answer before its policy has looked at it.
    pub(crate) fn new(load: LoadInfo, kind: Kind) -> Self {
        EntryMeta {
            load,
            kind,
            own_ttl: None,
            load_ttl: None,
            jitter: 0,
            weight: 1,
            idles: false,
            at_most: NEVER,
            copy: None,
        }
    }
}
