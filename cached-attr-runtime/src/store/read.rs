//! Reading: one lookup, one look at the age, one clone.

use super::Store;
use super::erased_key::{AnswerSink, Query};
use super::freshness::{Freshness, FreshnessRequest, StaleUse};
use crate::clock;
use crate::counters::Counter;
use crate::entry::{EntryHeader, Kind, SharedEntry};
use crate::policy::Policy;

/// What a lookup found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// A fresh answer, given to the sink. How many nanoseconds it stays fresh, and whether it is to be refreshed ahead.
    Hit {
        left: u64,
        refresh: bool,
    },
    /// An answer past its lifetime.
    Stale(StaleUse),
    /// A fresh answer, too old for this caller.
    TooOld,
    Nothing,
}

impl Store {
    /// The whole of a hit, for a caller without request directives: whether it was one, and none where nothing has this
    /// hash. The sink compares the key itself. A hit is counted for the cache alone.
    #[inline]
    pub(crate) fn hit(&self, policy: &Policy, hash: u64, sink: &dyn AnswerSink) -> Option<bool> {
        self.index.with(hash, |slot| {
            self.answers(policy, slot, sink) || self.chain_answers(policy, slot, sink)
        })
    }

    #[allow(
        clippy::inline_always,
        reason = "the whole of a hit is one function: a call costs a tenth of it"
    )]
    #[inline(always)]
    fn answers(&self, policy: &Policy, entry: &SharedEntry, sink: &dyn AnswerSink) -> bool {
        let entry = &*entry.0;
        let fresh = self.is_surely_fresh(policy, entry) || self.is_fresh(policy, entry);
        let hit = fresh && sink.accept(&entry.pair);
        if hit {
            self.eviction.record_hit(entry);
            self.counters.hit();
        }
        hit
    }

    #[cold]
    fn chain_answers(&self, policy: &Policy, slot: &SharedEntry, sink: &dyn AnswerSink) -> bool {
        let chain = slot.0.pair.chain().unwrap_or_default();
        chain.iter().any(|entry| self.answers(policy, entry, sink))
    }

    fn is_fresh(&self, policy: &Policy, entry: &EntryHeader) -> bool {
        let now = clock::precise();
        // One that is to be refreshed is left to the slow path.
        let fresh = matches!(
            self.classify(policy, entry, now),
            Freshness::Fresh { refresh: false, .. }
        );
        if fresh {
            entry.touch(now.mono);
        }
        fresh
    }

    /// Looks a key up for a caller who may have request directives. A fresh answer goes to the sink; nothing is counted.
    pub(crate) fn read(
        &self,
        policy: &Policy,
        query: &Query<'_>,
        sink: &dyn AnswerSink,
        request: &FreshnessRequest,
    ) -> Lookup {
        let found = self.index.with_key(query, |entry| {
            let found = self.look(policy, &entry.0, request);
            if matches!(found, Lookup::Hit { .. }) {
                if !sink.accept(&entry.0.pair) {
                    return Lookup::Nothing;
                }
                self.eviction.record_hit(&entry.0);
            }
            found
        });
        found.unwrap_or(Lookup::Nothing)
    }

    fn look(&self, policy: &Policy, entry: &EntryHeader, request: &FreshnessRequest) -> Lookup {
        let now = clock::precise();
        match self.classify(policy, entry, now) {
            Freshness::Fresh { left, refresh } if request.accepts(&entry.meta().load, now) => {
                entry.touch(now.mono);
                Lookup::Hit { left, refresh }
            }
            Freshness::Fresh { .. } => Lookup::TooOld,
            Freshness::Stale(usable) => Lookup::Stale(usable),
            Freshness::Gone => Lookup::Nothing,
        }
    }

    /// The entry that may answer such a caller, and how many nanoseconds it stays fresh. Nothing of the user's but the
    /// key's `eq` runs here: it may be called under a lock.
    pub(super) fn find(
        &self,
        policy: &Policy,
        query: &Query<'_>,
        request: &FreshnessRequest,
    ) -> Option<(SharedEntry, u64)> {
        self.index
            .with_key(query, |entry| match self.look(policy, &entry.0, request) {
                Lookup::Hit { left, .. } => Some((entry.clone(), left)),
                _ => None,
            })?
    }

    /// Serves the answer under a key in place of a load: fresh, or stale and of such a use.
    pub(crate) fn serve_instead(
        &self,
        policy: &Policy,
        query: &Query<'_>,
        sink: &dyn AnswerSink,
        use_of: fn(StaleUse) -> bool,
    ) -> bool {
        if !policy.serves_stale() {
            return false;
        }
        let found = self.index.with_key(query, |entry| {
            let served = self.is_useful(policy, &entry.0, use_of) && sink.accept(&entry.0.pair);
            if served {
                self.count(policy, Counter::Stale);
            }
            served
        });
        found == Some(true)
    }

    /// The same in place of a load that is not begun, because the last one failed a moment ago.
    pub(crate) fn serve_during_pause(
        &self,
        policy: &Policy,
        query: &Query<'_>,
        sink: &dyn AnswerSink,
    ) -> bool {
        let paused = self.index.get(query).is_some_and(|entry| {
            let now = clock::precise().mono;
            self.flights.lock(query.hash).is_paused(&entry.0, now)
        });
        let served = paused && self.serve_instead(policy, query, sink, |usable| usable.if_error);
        if served {
            self.count(policy, Counter::StaleInPause);
        }
        served
    }

    /// Whether an entry holds an answer that is better than an error: fresh, or stale and of such a use.
    pub(crate) fn is_useful(
        &self,
        policy: &Policy,
        entry: &EntryHeader,
        use_of: fn(StaleUse) -> bool,
    ) -> bool {
        match self.classify(policy, entry, clock::precise()) {
            Freshness::Fresh { .. } => entry.kind() != Kind::Failure,
            Freshness::Stale(usable) => use_of(usable),
            Freshness::Gone => false,
        }
    }

    /// The answer under a key that a load replaces, fresh or not.
    pub(crate) fn held(&self, query: &Query<'_>) -> Option<SharedEntry> {
        self.index
            .get(query)
            .filter(|entry| !entry.0.is_invalidated())
    }

    /// The age of the entry under a key, fresh or not, in nanoseconds.
    pub(crate) fn age(&self, query: &Query<'_>) -> Option<u64> {
        let entry = self.index.get(query)?;
        let age = entry.0.loaded_at.elapsed(clock::precise());
        (!entry.0.is_invalidated()).then_some(age)
    }

    /// Records that a key was not found.
    pub(crate) fn record_miss(&self, policy: &Policy, hash: u64) {
        self.count(policy, Counter::Miss);
        self.eviction.record_miss(hash);
        self.free_some(clock::rough().mono);
    }
}
