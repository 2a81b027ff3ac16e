//! Maintenance: what stores and misses do for the memory of their cache, a bounded share each.

use super::Store;
use crate::clock;
use crate::counters::Counter;
use crate::entry::SharedEntry;

/// At how many deadlines that are due a store or a miss looks at most: it adds one, so it catches up, and nobody waits
/// long.
const DUE_PER_CALL: usize = 32;
/// The same for `len`: about a millisecond.
const DUE_PER_LEN: usize = 256;
/// How many entries that share a hash leave for one store at most.
const TRIMMED_PER_STORE: usize = 32;

impl Store {
    /// Takes care of an entry that was just put into the index.
    pub(super) fn admit(&self, entry: &SharedEntry) {
        if self.limits.single {
            return;
        }
        let now = clock::rough().mono;
        self.deadlines.push(&self.index, &entry.0, now);
        self.eviction.admit(&self.index, &self.deadlines, &entry.0);
        self.sweep();
        while self.eviction.is_overweight() && self.eviction.settle(&self.index, &self.deadlines) {
            self.sweep();
        }
        self.trim_chains();
        self.free_some(now);
    }

    /// Frees a few of the entries that have ended by now.
    pub(super) fn free_some(&self, now: u64) {
        // With time paused there is nothing to gain, and a test whose clock is ahead must not free what another one has just
        // stored.
        if self.deadlines.is_due(now) && !clock::is_virtual() {
            self.free_ended(now, DUE_PER_CALL);
        }
    }

    /// Frees all entries that have ended, and does what was put off.
    pub(crate) fn free_expired(&self) {
        self.eviction.run_pending();
        self.sweep();
        let now = clock::precise();
        if self.limits.single {
            let ended = |entry: &SharedEntry| entry.0.evict_at().is_some_and(|end| end <= now.mono);
            for entry in self.index.all().into_iter().filter(ended) {
                self.evict(&entry, Counter::EvictedExpired);
            }
        } else {
            self.free_ended(now.mono, usize::MAX);
        }
    }

    /// How many entries are held. Frees a bounded part of those that have ended.
    pub(crate) fn len(&self) -> usize {
        self.sweep();
        self.free_ended(clock::precise().mono, DUE_PER_LEN);
        self.index.len()
    }

    fn free_ended(&self, now: u64, mut most: usize) {
        while let Some(entry) = self.deadlines.next_ended(&self.index, now, &mut most) {
            let expired = entry.0.evict_at().is_some_and(|end| end <= now);
            let cause = if expired {
                Counter::EvictedExpired
            } else {
                Counter::EvictedIdle
            };
            self.evict(&entry, cause);
        }
    }

    /// Removes from the index what moka has evicted, one by one: a value whose `Drop` panics takes no other along.
    fn sweep(&self) {
        while let Some(hash) = self.eviction.next_evicted() {
            while let Some(entry) = self.index.find(hash, |_| true) {
                self.count_evicted(self.remove_this(&entry), Counter::EvictedForCapacity);
            }
            self.eviction.swept(&self.index, hash);
        }
    }

    /// moka counts hashes. Entries beyond the capacity that it cannot see share their hash with others.
    fn trim_chains(&self) {
        let capacity = usize::try_from(self.limits.capacity).unwrap_or(usize::MAX);
        for _ in 0..TRIMMED_PER_STORE {
            if self.index.chained() == 0 || self.index.len() <= capacity {
                return;
            }
            let Some(oldest) = self.index.oldest_of_a_chain() else {
                return;
            };
            self.evict(&oldest, Counter::EvictedForCapacity);
        }
    }

    fn evict(&self, entry: &SharedEntry, cause: Counter) {
        let removed = self.remove_this(entry);
        self.count_evicted(removed, cause);
        if removed {
            self.eviction.sync(&self.index, entry.0.hash);
        }
    }

    fn count_evicted(&self, removed: bool, cause: Counter) {
        if removed {
            self.counters.add(cause);
        }
    }
}
