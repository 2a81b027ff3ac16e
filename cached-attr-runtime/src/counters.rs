//! Counters: a hit adds to its thread's own cache line, a reader sums them up.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use crate::load_times::LoadTimesCounter;
use crate::lock::lock;
use crate::padded::Padded;
use crate::stats::Stats;

/// What is counted off the hit path.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Counter {
    Miss,
    Load,
    LoadError,
    UnsharedError,
    Collapsed,
    Stale,
    StaleInPause,
    Bypassed,
    Stored,
    Superseded,
    Refused,
    Invalidated,
    EvictedForCapacity,
    EvictedExpired,
    EvictedIdle,
    StaleWhileRevalidate,
    StaleAfterSoftTimeout,
    Refresh,
    RefreshSkipped,
    TimedOut,
    TierHit,
    TierError,
    TierUndecodable,
    LoadNanos,
}

const COUNTERS: usize = Counter::LoadNanos as usize + 1;

/// How many threads at a time count hits on a cache line that nobody else writes.
const OWNED: usize = 15;
/// How many cache lines all further threads are spread over.
const SHARED: usize = 16;

type SharedHits = [Padded<AtomicU64>; SHARED];

/// The counters of one cache.
#[derive(Default)]
pub(crate) struct Counters {
    hits: [Padded<AtomicU64>; OWNED],
    /// Made when a thread beyond the first ones hits.
    shared_hits: OnceLock<Box<SharedHits>>,
    others: Padded<[AtomicU64; COUNTERS]>,
    load_times: LoadTimesCounter,
}

impl Counters {
    #[inline]
    pub(crate) fn hit(&self) {
        let shard = shard();
        match self.hits.get(shard) {
            // Nobody else writes here: no need for the bus to lock.
            Some(hits) => hits.store(hits.load(Ordering::Relaxed) + 1, Ordering::Relaxed),
            None => self.shared_hit(shard),
        }
    }

    #[inline(never)]
    fn shared_hit(&self, shard: usize) {
        let lines = self.shared_hits.get_or_init(Box::default);
        lines[shard % SHARED].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn add(&self, counter: Counter) {
        self.add_many(counter, 1);
    }

    pub(crate) fn add_many(&self, counter: Counter, by: u64) {
        self.others[counter as usize].fetch_add(by, Ordering::Relaxed);
    }

    /// Counts a load that gave an answer.
    pub(crate) fn load_took(&self, nanos: u64) {
        self.add_many(Counter::LoadNanos, nanos);
        self.load_times.add(nanos);
    }

    fn read(&self, counter: Counter) -> u64 {
        self.others[counter as usize].load(Ordering::Relaxed)
    }

    pub(crate) fn stats(&self, enabled: bool) -> Stats {
        let shared = self.shared_hits.get().map(|shared| shared.as_slice());
        let hits = self.hits.iter().chain(shared.unwrap_or_default());
        let evicted = [
            Counter::EvictedForCapacity,
            Counter::EvictedExpired,
            Counter::EvictedIdle,
        ]
        .map(|cause| self.read(cause));
        Stats {
            enabled,
            hits: hits.map(|hits| hits.load(Ordering::Relaxed)).sum(),
            misses: self.read(Counter::Miss),
            loads: self.read(Counter::Load),
            load_errors: self.read(Counter::LoadError),
            unshared_errors: self.read(Counter::UnsharedError),
            collapsed: self.read(Counter::Collapsed),
            stale: self.read(Counter::Stale),
            stale_in_pause: self.read(Counter::StaleInPause),
            bypassed: self.read(Counter::Bypassed),
            stored: self.read(Counter::Stored),
            superseded: self.read(Counter::Superseded),
            refused: self.read(Counter::Refused),
            invalidated: self.read(Counter::Invalidated),
            stale_while_revalidate: self.read(Counter::StaleWhileRevalidate),
            stale_after_soft_timeout: self.read(Counter::StaleAfterSoftTimeout),
            refreshes: self.read(Counter::Refresh),
            refreshes_skipped: self.read(Counter::RefreshSkipped),
            timed_out: self.read(Counter::TimedOut),
            tier_hits: self.read(Counter::TierHit),
            tier_errors: self.read(Counter::TierError),
            tier_undecodable: self.read(Counter::TierUndecodable),
            evicted: evicted.iter().sum(),
            evicted_for_capacity: evicted[0],
            evicted_expired: evicted[1],
            evicted_idle: evicted[2],
            load_time: Duration::from_nanos(self.read(Counter::LoadNanos)),
            load_times: self.load_times.read(),
            // What is held now is not counted here.
            ..Stats::default()
        }
    }
}

const UNASSIGNED: usize = usize::MAX;

thread_local! {
    static SHARD: Cell<usize> = const { Cell::new(UNASSIGNED) };
}

/// This thread's shard: below [`OWNED`] its own while it lives, else one that others may have as well.
#[inline]
fn shard() -> usize {
    match SHARD.get() {
        UNASSIGNED => ThreadShard::take(),
        shard => shard,
    }
}

/// The owned shards of threads that have ended.
static FREE: Mutex<Vec<usize>> = Mutex::new(Vec::new());
/// The first shard that was not given out yet. Those from [`OWNED`] on are spread over the shared ones.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// A thread's shard, given back when the thread ends.
struct ThreadShard(Cell<usize>);

thread_local! {
    static THREAD_SHARD: ThreadShard = const { ThreadShard(Cell::new(OWNED)) };
}

impl ThreadShard {
    #[cold]
    fn take() -> usize {
        let free = lock(&FREE).pop();
        // It stays below `UNASSIGNED`: a process does not start that many threads.
        let shard = free.unwrap_or_else(|| NEXT.fetch_add(1, Ordering::Relaxed));
        // While the thread's locals are torn down the shard could not be given back: use a shared one.
        let shard = match THREAD_SHARD.try_with(|thread| thread.0.set(shard)) {
            Ok(()) => shard,
            Err(_) => OWNED,
        };
        SHARD.set(shard);
        shard
    }
}

impl Drop for ThreadShard {
    fn drop(&mut self) {
        SHARD.set(OWNED);
        if self.0.get() < OWNED {
            lock(&FREE).push(self.0.get());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_hit_is_lost_however_many_threads_come_and_go() {
        const THREADS: usize = 3 * OWNED;
        let counters = Counters::default();
        for _ in 0..3 {
            std::thread::scope(|scope| {
                for _ in 0..THREADS {
                    scope.spawn(|| (0..1000).for_each(|_| counters.hit()));
                }
            });
        }
        let expected = u64::try_from(3 * 1000 * THREADS).unwrap_or(0);
        assert_eq!(counters.stats(true).hits, expected);
    }
}
