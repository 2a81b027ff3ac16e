//! Counters: a hit adds to its thread's own cache line, a reader sums them up.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
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
    /// Calls that ran the body and touched nothing: `bypass`, `no_store`, a zero ttl, a disabled cache.
    pub bypassed: u64,
    /// Answers stored.
    pub stored: u64,
    /// Answers not stored because their key was invalidated while they were loaded.
    pub overtaken: u64,
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
            bypassed: self.bypassed + other.bypassed,
            stored: self.stored + other.stored,
            overtaken: self.overtaken + other.overtaken,
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
    Bypassed,
    Stored,
    Overtaken,
    Invalidated,
    Evicted,
    LoadNanos,
}

const COUNTERS: usize = Counter::LoadNanos as usize + 1;
const SHARDS: usize = 16;

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
        if let Some(shard) = self.hits.get(shard()) {
            shard.0.fetch_add(1, Ordering::Relaxed);
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
            bypassed: self.read(Counter::Bypassed),
            stored: self.read(Counter::Stored),
            overtaken: self.read(Counter::Overtaken),
            invalidated: self.read(Counter::Invalidated),
            evicted: self.read(Counter::Evicted),
            load_time: Duration::from_nanos(self.read(Counter::LoadNanos)),
        }
    }
}

const UNASSIGNED: usize = usize::MAX;

thread_local! {
    static SHARD: Cell<usize> = const { Cell::new(UNASSIGNED) };
}

/// This thread's shard; threads take turns at their first hit.
fn shard() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let shard = SHARD.get();
    if shard != UNASSIGNED {
        return shard;
    }
    let shard = NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS;
    SHARD.set(shard);
    shard
}
