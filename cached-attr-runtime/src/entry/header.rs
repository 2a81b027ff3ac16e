//! All of an entry that has no types of the user's.

use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

use super::{CopyMark, EntryMeta, Kept, Kind, LoadInfo};
use crate::clock::NEVER;
use crate::clock::{self, SECOND, Stamp};
#[cfg(feature = "shared")]
use crate::tier::Generation;

/// Units of `fresh_for`: 10 ms, so that 32 bits reach 497 days.
const TICK: u64 = SECOND / 100;
/// `fresh_for`: its policy's fixed ttl and the real clock alone decide, as for most entries.
const BY_FIXED_TTL: u32 = u32::MAX;
/// `fresh_for`: as long as the policy says.
const BY_POLICY: u32 = u32::MAX - 1;
/// `fresh_for`: as [`BY_FIXED_TTL`], and the tier's trust in a copy of its record.
const BY_COPY: u32 = u32::MAX - 2;
/// `fresh_for`: not at all, nor as a stale answer.
const TOMBSTONE: u32 = 0;

/// What few entries have, so that only those pay for it.
struct ColdFields {
    max_input_age: u64,
    kind: Kind,
    own_ttl: Option<u64>,
    load_ttl: Option<u64>,
    kept: Option<Kept>,
    weight: u32,
    at_most: u64,
    copy: Option<CopyMark>,
    /// When it was last read, in the clock's monotonic nanoseconds; kept only where idle time counts.
    last_read: AtomicU64,
}

impl ColdFields {
    /// Those of an entry, unless they have the usual values.
    fn of(meta: &EntryMeta, kept: Option<Kept>) -> Option<Box<Self>> {
        let usual = matches!(meta.load.max_input_age, 0 | NEVER)
            && meta.kind == Kind::Value
            && meta.own_ttl.is_none()
            && meta.load_ttl.is_none()
            && kept.is_none()
            && meta.weight == 1
            && meta.copy.is_none()
            && !meta.idles;
        if usual {
            return None;
        }
        Some(Box::new(ColdFields {
            max_input_age: meta.load.max_input_age,
            kind: meta.kind,
            own_ttl: meta.own_ttl,
            load_ttl: meta.load_ttl,
            kept,
            weight: meta.weight,
            at_most: meta.at_most,
            copy: meta.copy,
            // Not the start of its load: it could not be read before it was there.
            last_read: AtomicU64::new(clock::precise().mono),
        }))
    }
}

/// What is known of an entry, and what becomes of it.
pub(crate) struct EntryHeader {
    pub(crate) hash: u64,
    pub(crate) loaded_at: Stamp,
    pub(crate) sequence: u64,
    /// At which age `expire` or an invalidation ended its freshness: ticks, plus one.
    fresh_for: AtomicU32,
    /// For how long it can be of use, in seconds, rounded up: for whoever frees memory.
    retention: AtomicU32,
    jitter: u16,
    /// How many hits were reported to the eviction policy, up to a handful.
    hits_reported: AtomicU8,
    /// It was made of no answers of other caches that are of any age: put in by hand, say.
    inputs_are_new: bool,
    cold: Option<Box<ColdFields>>,
}

impl EntryHeader {
    pub(super) fn new(meta: &EntryMeta, kept: Option<Kept>) -> Self {
        let by_fixed_ttl = meta.kind == Kind::Value
            && meta.jitter == 0
            && meta.load_ttl.is_none()
            && !meta.idles
            && !clock::may_be_paused();
        let fresh_for = match (by_fixed_ttl, meta.copy) {
            (true, None) => BY_FIXED_TTL,
            #[cfg(feature = "shared")]
            (true, Some(CopyMark::Since(_))) => BY_COPY,
            _ => BY_POLICY,
        };
        EntryHeader {
            hash: meta.load.hash,
            loaded_at: meta.load.began,
            sequence: meta.load.sequence,
            fresh_for: AtomicU32::new(fresh_for),
            retention: AtomicU32::new(u32::MAX),
            jitter: meta.jitter,
            hits_reported: AtomicU8::new(0),
            inputs_are_new: meta.load.max_input_age == 0,
            cold: ColdFields::of(meta, kept),
        }
    }

    pub(super) fn of_chain(hash: u64) -> Self {
        EntryHeader {
            hash,
            loaded_at: Stamp { mono: 0, wall: 0 },
            sequence: 0,
            fresh_for: AtomicU32::new(TOMBSTONE),
            retention: AtomicU32::new(u32::MAX),
            jitter: 0,
            hits_reported: AtomicU8::new(u8::MAX),
            inputs_are_new: false,
            cold: None,
        }
    }

    /// What is known of it, in one piece.
    pub(crate) fn meta(&self) -> EntryMeta {
        let cold = self.cold.as_deref();
        EntryMeta {
            load: LoadInfo {
                hash: self.hash,
                began: self.loaded_at,
                sequence: self.sequence,
                max_input_age: match cold {
                    Some(cold) => cold.max_input_age,
                    None if self.inputs_are_new => 0,
                    None => NEVER,
                },
            },
            kind: self.kind(),
            own_ttl: cold.and_then(|cold| cold.own_ttl),
            load_ttl: cold.and_then(|cold| cold.load_ttl),
            jitter: self.jitter,
            weight: self.weight(),
            idles: cold.is_some(),
            at_most: cold.map_or(NEVER, |cold| cold.at_most),
            copy: self.copy_mark(),
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        self.cold.as_ref().map_or(Kind::Value, |cold| cold.kind)
    }

    /// What has to hold so that it may be served, if it is a `shared` function's.
    pub(crate) fn copy_mark(&self) -> Option<CopyMark> {
        self.cold.as_ref()?.copy
    }

    /// What its load kept with it.
    pub(crate) fn kept(&self) -> Option<&Kept> {
        self.cold.as_ref()?.kept.as_ref()
    }

    pub(crate) fn weight(&self) -> u32 {
        self.cold.as_ref().map_or(1, |cold| cold.weight)
    }

    /// Ends its use for every reader from now on, wherever it is still held.
    pub(crate) fn invalidate(&self) {
        // Release, as every store of `fresh_for`: a reader that sees it also sees what the writer did before.
        self.fresh_for.store(TOMBSTONE, Ordering::Release);
    }

    /// Stale from now on, but kept to fall back on.
    pub(crate) fn expire(&self) {
        // The monotonic side alone: the wall clock may step back, and what has expired must not become fresh again.
        let age = clock::precise().mono.saturating_sub(self.loaded_at.mono) / TICK;
        // One more than the ticks that have passed, for zero is taken: 1 is stale from the start.
        let age = u32::try_from(age + 1).map_or(BY_COPY - 1, |age| age.min(BY_COPY - 1));
        // What was invalidated stays so, and of two calls of `expire` the first counts.
        self.fresh_for.fetch_min(age, Ordering::AcqRel);
    }

    pub(crate) fn is_invalidated(&self) -> bool {
        self.fresh_for.load(Ordering::Acquire) == TOMBSTONE
    }

    /// Until which age it may be fresh, in nanoseconds, whatever the policy says. None when it was invalidated. Read
    /// once: it changes while readers look.
    pub(crate) fn fresh_for(&self) -> Option<u64> {
        match self.fresh_for.load(Ordering::Acquire) {
            TOMBSTONE => None,
            BY_FIXED_TTL | BY_POLICY | BY_COPY => Some(NEVER),
            ticks => Some(u64::from(ticks - 1) * TICK),
        }
    }

    /// Whether it may be fresh, and the policy's fixed ttl and the real clock alone decide.
    #[inline]
    pub(crate) fn only_fixed_ttl(&self) -> bool {
        self.fresh_for.load(Ordering::Acquire) == BY_FIXED_TTL
    }

    /// Whether it may be fresh, and beside the policy's fixed ttl and the real clock its longest lifetime and the tier's
    /// trust in this generation decide.
    #[cfg(feature = "shared")]
    pub(crate) fn as_copy(&self) -> Option<(u64, Generation)> {
        if self.fresh_for.load(Ordering::Acquire) != BY_COPY {
            return None;
        }
        let cold = self.cold.as_ref()?;
        match cold.copy {
            Some(CopyMark::Since(generation)) => Some((cold.at_most, generation)),
            _ => None,
        }
    }

    /// When it can be of no use any more, in the clock's monotonic nanoseconds; none where that has no end.
    pub(crate) fn evict_at(&self) -> Option<u64> {
        let seconds = self.retention.load(Ordering::Relaxed);
        let retention = u64::from(seconds).saturating_mul(SECOND);
        (seconds != u32::MAX).then(|| self.loaded_at.mono.saturating_add(retention))
    }

    pub(crate) fn set_retention(&self, nanos: u64) {
        let seconds = u32::try_from(nanos.div_ceil(SECOND)).unwrap_or(u32::MAX);
        self.retention.store(seconds, Ordering::Relaxed);
    }

    /// Whether this hit is one of the entry's first `limit`, all of which are reported. After those the entry is written
    /// to no more, so that readers do not contend for its cache line.
    pub(crate) fn is_young(&self, limit: u8) -> bool {
        let reported = self.hits_reported.load(Ordering::Relaxed);
        if reported >= limit {
            return false;
        }
        self.hits_reported.store(reported + 1, Ordering::Relaxed);
        true
    }

    /// When it was last read, where that counts.
    pub(crate) fn last_read(&self) -> u64 {
        match &self.cold {
            Some(cold) => cold.last_read.load(Ordering::Relaxed),
            None => self.loaded_at.mono,
        }
    }

    /// Records a read.
    pub(crate) fn touch(&self, mono: u64) {
        if let Some(cold) = &self.cold {
            cold.last_read.fetch_max(mono, Ordering::Relaxed);
        }
    }
}
