//! Counters: a hit adds to its thread's own cache line, a reader sums them up.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What a cache has done since it was made.
///
/// Counts are exact, but are read one after another: while calls go on they may be a few apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Whether calls read and write the cache: not switched off, and the ttl is not zero.
    pub enabled: bool,
    /// Calls answered from memory.
    pub hits: u64,
    /// Calls that found no fresh answer: they loaded it, or joined a load.
    pub misses: u64,
    /// Loads begun.
    pub loads: u64,
    /// Loads that ended in an error.
    pub load_errors: u64,
    /// Calls answered by a load that another call ran.
    pub collapsed: u64,
    /// Calls answered by an old answer, because the source had failed.
    pub stale: u64,
    /// Calls that ran the body and touched nothing: `bypass`, `no_store`, a zero ttl, a disabled cache.
    pub bypassed: u64,
    /// Answers stored.
    pub stored: u64,
    /// Answers not stored because their key was invalidated while they were loaded.
    pub superseded: u64,
    /// Keys invalidated.
    pub invalidated: u64,
    /// Entries that left to make room, or because they could be of no use any more.
    pub evicted: u64,
    /// Time spent in loads that gave an answer.
    pub load_time: Duration,
}

impl Stats {
    /// About how much time hits and collapsed calls did not spend: each as long as a load takes on average.
    ///
    /// ```
    /// # use std::time::Duration;
    /// let stats = cached_attr_runtime::Stats::default();
    /// assert_eq!(stats.time_saved(), Duration::ZERO);
    /// ```
    #[must_use]
    pub fn time_saved(&self) -> Duration {
        let answered = self.loads.saturating_sub(self.load_errors).max(1);
        let saved = u128::from(self.hits.saturating_add(self.collapsed));
        let nanos = self.load_time.as_nanos() / u128::from(answered) * saved;
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    pub(crate) fn plus(self, other: Stats) -> Stats {
        Stats {
            enabled: self.enabled || other.enabled,
            hits: self.hits + other.hits,
            misses: self.misses + other.misses,
            loads: self.loads + other.loads,
            load_errors: self.load_errors + other.load_errors,
            collapsed: self.collapsed + other.collapsed,
            stale: self.stale + other.stale,
            bypassed: self.bypassed + other.bypassed,
            stored: self.stored + other.stored,
            superseded: self.superseded + other.superseded,
            invalidated: self.invalidated + other.invalidated,
            evicted: self.evicted + other.evicted,
            load_time: self.load_time + other.load_time,
        }
    }
}

/// What is counted off the hit path.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Counter {
    Miss,
    Load,
    LoadError,
    Collapsed,
    Stale,
    Bypassed,
    Stored,
    Superseded,
    Invalidated,
    Evicted,
    LoadNanos,
}

const COUNTERS: usize = Counter::LoadNanos as usize + 1;
/// How many cache lines hits are spread over. A power of two.
const SHARDS: usize = 16;

/// The shard of the threads that have none of their own.
const SHARED: usize = SHARDS - 1;

/// A counter on a cache line of its own (two: neighbours are fetched in pairs).
#[derive(Default)]
#[repr(align(128))]
struct Padded(AtomicU64);

/// The counters of one cache.
#[derive(Default)]
pub(crate) struct Counters {
    hits: [Padded; SHARDS],
    others: [AtomicU64; COUNTERS],
}

impl Counters {
    #[inline]
    pub(crate) fn hit(&self) {
        let shard = shard();
        let hits = &self.hits[shard & (SHARDS - 1)].0;
        if shard == SHARED {
            hits.fetch_add(1, Ordering::Relaxed);
        } else {
            // Nobody else writes here: no need for the bus to lock.
            hits.store(hits.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        }
    }

    pub(crate) fn add(&self, counter: Counter) {
        self.add_many(counter, 1);
    }

    pub(crate) fn add_many(&self, counter: Counter, by: u64) {
        self.others[counter as usize].fetch_add(by, Ordering::Relaxed);
    }

    fn read(&self, counter: Counter) -> u64 {
        self.others[counter as usize].load(Ordering::Relaxed)
    }

    pub(crate) fn stats(&self, enabled: bool) -> Stats {
        Stats {
            enabled,
            hits: self
                .hits
                .iter()
                .map(|shard| shard.0.load(Ordering::Relaxed))
                .sum(),
            misses: self.read(Counter::Miss),
            loads: self.read(Counter::Load),
            load_errors: self.read(Counter::LoadError),
            collapsed: self.read(Counter::Collapsed),
            stale: self.read(Counter::Stale),
            bypassed: self.read(Counter::Bypassed),
            stored: self.read(Counter::Stored),
            superseded: self.read(Counter::Superseded),
            invalidated: self.read(Counter::Invalidated),
            evicted: self.read(Counter::Evicted),
            load_time: Duration::from_nanos(self.read(Counter::LoadNanos)),
        }
    }
}

thread_local! {
    static SHARD: Cell<usize> = const { Cell::new(UNASSIGNED) };
}

const UNASSIGNED: usize = usize::MAX;

/// This thread's shard: its own while it lives, or the one that all threads past the first few share.
#[inline]
fn shard() -> usize {
    match SHARD.get() {
        UNASSIGNED => ThreadShard::take(),
        shard => shard,
    }
}

/// The shards that no living thread owns.
static FREE: Mutex<Vec<usize>> = Mutex::new(Vec::new());
/// The first shard that no thread has owned yet.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// A thread's hold on its shard, given back when the thread ends.
struct ThreadShard(Cell<usize>);

thread_local! {
    static LEASE: ThreadShard = const { ThreadShard(Cell::new(SHARED)) };
}

impl ThreadShard {
    #[cold]
    fn take() -> usize {
        let free = || FREE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let unused = || {
            NEXT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| {
                (next < SHARED).then_some(next + 1)
            })
        };
        let shard = free().or_else(|| unused().ok()).unwrap_or(SHARED);
        // While the thread's locals are torn down there is nobody to give the shard back: use the shared one.
        let shard = match LEASE.try_with(|lease| lease.0.set(shard)) {
            Ok(()) => shard,
            Err(_) => SHARED,
        };
        SHARD.set(shard);
        shard
    }
}

impl Drop for ThreadShard {
    fn drop(&mut self) {
        SHARD.set(SHARED);
        if self.0.get() != SHARED {
            FREE.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(self.0.get());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_hit_is_lost_however_many_threads_come_and_go() {
        let counters = Counters::default();
        for _ in 0..3 {
            std::thread::scope(|scope| {
                for _ in 0..2 * SHARDS {
                    scope.spawn(|| (0..1000).for_each(|_| counters.hit()));
                }
            });
        }
        assert_eq!(counters.stats(true).hits, 3 * 2 * 1000 * SHARDS as u64);
    }
}
