//! All of an entry but what has types.

use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

use crate::clock::{self, SECOND, Stamp};
use crate::entry::{EntryMeta, Kind, LoadInfo};
use crate::policy::NEVER;

/// Fresh as long as the policy says, and nothing of its own shortens that: what most entries are.
const PLAIN: u8 = 0;
const FRESH: u8 = 1;
const EXPIRED: u8 = 2;
const TOMBSTONE: u8 = 3;

/// What has been said of an entry; its age is another matter. Read once: it changes under a reader's hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Fresh,
    /// Stale, but there to fall back on.
    Expired,
    Dead,
}

/// What few entries have, and those who have it pay for.
struct ColdFields {
    within: u64,
    kind: Kind,
    own_ttl: Option<u64>,
    weight: u32,
    /// When it was last read, in the clock's monotonic nanoseconds; kept only where idle time counts.
    last_read: AtomicU64,
}

impl ColdFields {
    /// Those of an entry, unless they are everybody's.
    fn of(facts: &EntryMeta) -> Option<Box<Self>> {
        let usual = facts.origin.within == NEVER
            && facts.kind == Kind::Value
            && facts.own_ttl.is_none()
            && facts.weight == 1
            && !facts.idles;
        if usual {
            return None;
        }
        Some(Box::new(ColdFields {
            within: facts.origin.within,
            kind: facts.kind,
            own_ttl: facts.own_ttl,
            weight: facts.weight,
            // Not the start of its load: it could not be read before it was there.
            last_read: AtomicU64::new(clock::precise().mono),
        }))
    }
}

/// What is known of an entry, and what becomes of it. Killing it is one store that every reader sees.
pub(crate) struct EntryHeader {
    pub(crate) hash: u64,
    pub(crate) loaded_at: Stamp,
    pub(crate) sequence: u64,
    state: AtomicU8,
    /// How many hits the policy has been told of, up to a handful.
    hits_reported: AtomicU8,
    jitter: u16,
    /// For how long it can be of use, rounded up: for whoever frees memory.
    useful_seconds: AtomicU32,
    /// Until when the source is left alone, having failed while this answer could stand in.
    paused_until: AtomicU64,
    extras: Option<Box<ColdFields>>,
}

impl EntryHeader {
    pub(super) fn new(facts: &EntryMeta) -> Self {
        let plain = facts.kind == Kind::Value && facts.jitter == 0;
        EntryHeader {
            hash: facts.origin.hash,
            loaded_at: facts.origin.began,
            sequence: facts.origin.sequence,
            state: AtomicU8::new(if plain { PLAIN } else { FRESH }),
            hits_reported: AtomicU8::new(0),
            jitter: facts.jitter,
            useful_seconds: AtomicU32::new(u32::MAX),
            paused_until: AtomicU64::new(0),
            extras: ColdFields::of(facts),
        }
    }

    /// What is known of it, in one piece.
    pub(crate) fn facts(&self) -> EntryMeta {
        let extras = self.extras.as_deref();
        let origin = LoadInfo {
            hash: self.hash,
            began: self.loaded_at,
            sequence: self.sequence,
            within: extras.map_or(NEVER, |extras| extras.within),
        };
        EntryMeta {
            origin,
            kind: self.kind(),
            own_ttl: extras.and_then(|extras| extras.own_ttl),
            jitter: self.jitter,
            weight: self.weight(),
            idles: extras.is_some(),
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        self.extras
            .as_ref()
            .map_or(Kind::Value, |extras| extras.kind)
    }

    pub(crate) fn weight(&self) -> u32 {
        self.extras.as_ref().map_or(1, |extras| extras.weight)
    }

    /// No reader takes it from now on, wherever it is still held.
    pub(crate) fn kill(&self) {
        self.state.store(TOMBSTONE, Ordering::Release);
    }

    /// Stale from now on, but still there to fall back on.
    pub(crate) fn expire(&self) {
        // Somebody knows that the source has changed: it is asked again.
        self.paused_until.store(0, Ordering::Relaxed);
        let _ = self
            .state
            .fetch_update(Ordering::AcqRel, Ordering::Relaxed, |state| {
                // A dead entry stays dead.
                (state != TOMBSTONE).then_some(EXPIRED)
            });
    }

    pub(crate) fn state(&self) -> State {
        match self.state.load(Ordering::Acquire) {
            TOMBSTONE => State::Dead,
            EXPIRED => State::Expired,
            _ => State::Fresh,
        }
    }

    pub(crate) fn is_invalidated(&self) -> bool {
        self.state() == State::Dead
    }

    /// Whether it is fresh, and the policy's ttl is all there is to know.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.state.load(Ordering::Acquire) == PLAIN
    }

    /// When it can be of no use any more, in the clock's monotonic nanoseconds; none where that has no end.
    pub(crate) fn evict_at(&self) -> Option<u64> {
        let seconds = self.useful_seconds.load(Ordering::Relaxed);
        let useful = u64::from(seconds).saturating_mul(SECOND);
        (seconds != u32::MAX).then(|| self.loaded_at.mono.saturating_add(useful))
    }

    pub(crate) fn set_retention(&self, nanos: u64) {
        let seconds = u32::try_from(nanos.div_ceil(SECOND)).unwrap_or(u32::MAX);
        self.useful_seconds.store(seconds, Ordering::Relaxed);
    }

    /// Whether the policy should hear of this hit because it is one of the entry's first `limit`. After
    /// those the entry is written to no more, so that readers do not fight over its cache line.
    pub(crate) fn is_young(&self, limit: u8) -> bool {
        let hits_reported = self.hits_reported.load(Ordering::Relaxed);
        if hits_reported >= limit {
            return false;
        }
        self.hits_reported
            .store(hits_reported + 1, Ordering::Relaxed);
        true
    }

    /// The source has failed: it is left alone until then.
    pub(crate) fn pause(&self, until: u64) {
        self.paused_until.fetch_max(until, Ordering::Relaxed);
    }

    pub(crate) fn is_paused(&self, now: u64) -> bool {
        now < self.paused_until.load(Ordering::Relaxed)
    }

    /// When it was last read, where that counts.
    pub(crate) fn last_read(&self) -> u64 {
        match &self.extras {
            Some(extras) => extras.last_read.load(Ordering::Relaxed),
            None => self.loaded_at.mono,
        }
    }

    /// Notes a read.
    pub(crate) fn touch(&self, mono: u64) {
        if let Some(extras) = &self.extras {
            extras.last_read.fetch_max(mono, Ordering::Relaxed);
        }
    }
}
