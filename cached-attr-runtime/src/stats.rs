//! What a cache has done, in numbers.

use std::fmt;
use std::time::Duration;

/// What a cache has done since it was made.
///
/// Counts are exact, but are read one after another: while calls go on they may be a few apart.
///
/// [`Display`](fmt::Display) writes them in one line; with the feature `serde` they implement `Serialize`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
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
    /// Calls answered by a stale answer: the source had failed, took too long, or was asked in the background.
    pub stale: u64,
    /// Loads begun in the background.
    pub refreshes: u64,
    /// Loads not begun in the background, or not moved there: too many ran, or there was no tokio runtime.
    pub refreshes_skipped: u64,
    /// Loads that took longer than their `timeout`.
    pub timed_out: u64,
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
            refreshes: self.refreshes + other.refreshes,
            refreshes_skipped: self.refreshes_skipped + other.refreshes_skipped,
            timed_out: self.timed_out + other.timed_out,
            bypassed: self.bypassed + other.bypassed,
            stored: self.stored + other.stored,
            superseded: self.superseded + other.superseded,
            invalidated: self.invalidated + other.invalidated,
            evicted: self.evicted + other.evicted,
            load_time: self.load_time + other.load_time,
        }
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.enabled {
            f.write_str("disabled, ")?;
        }
        let counts = [
            ("hits", self.hits),
            ("misses", self.misses),
            ("loads", self.loads),
            ("load errors", self.load_errors),
            ("collapsed", self.collapsed),
            ("stale", self.stale),
            ("refreshes", self.refreshes),
            ("refreshes skipped", self.refreshes_skipped),
            ("timed out", self.timed_out),
            ("bypassed", self.bypassed),
            ("stored", self.stored),
            ("superseded", self.superseded),
            ("invalidated", self.invalidated),
            ("evicted", self.evicted),
        ];
        for (name, count) in counts {
            write!(f, "{count} {name}, ")?;
        }
        write!(f, "{:?} in loads", self.load_time)
    }
}
