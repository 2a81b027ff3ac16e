//! What a cache has done, in numbers.

use std::fmt;
use std::time::Duration;

use crate::load_times::LoadTimes;

/// One list of the counts: the fields, their sum over several caches, and their words.
macro_rules! stats {
    ($($(#[$doc:meta])* $count:ident: $word:literal,)*) => {
        /// What a cache has done since it was made, and what it holds.
        ///
        /// Counts are exact, but are read one after another: while calls go on they may be a few apart.
        ///
        /// [`Display`](fmt::Display) writes them in one line, those that are zero left out; with the feature `serde` they
        /// implement `Serialize`.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize))]
        #[non_exhaustive]
        pub struct Stats {
            /// Whether calls read and write the cache: not switched off, and the ttl is not zero.
            pub enabled: bool,
            $($(#[$doc])* pub $count: u64,)*
            /// Time spent in loads that gave an answer.
            pub load_time: Duration,
            /// How long each of these loads took.
            pub load_times: LoadTimes,
            /// For how long the oldest of the [running loads](Self::running_loads) has been running.
            pub oldest_load: Option<Duration>,
        }

        impl Stats {
            pub(crate) fn plus(self, other: Stats) -> Stats {
                Stats {
                    enabled: self.enabled || other.enabled,
                    $($count: self.$count + other.$count,)*
                    load_time: self.load_time + other.load_time,
                    load_times: self.load_times.plus(other.load_times),
                    oldest_load: self.oldest_load.max(other.oldest_load),
                }
            }

            fn counts(&self) -> impl Iterator<Item = (&'static str, u64)> {
                [$(($word, self.$count),)*].into_iter()
            }
        }
    };
}

stats! {
    /// Calls answered from memory.
    hits: "hits",
    /// Calls that found no fresh answer: they loaded it, or joined a load.
    misses: "misses",
    /// Loads begun.
    loads: "loads",
    /// Loads that ended in an error.
    load_errors: "load errors",
    /// Calls that had waited for a load whose error could not be shared with them: they started over. Give such a
    /// function `share_error`, or its error `Clone`.
    unshared_errors: "unshared errors",
    /// Calls answered by a load that another call ran.
    collapsed: "collapsed",
    /// Calls answered by a stale answer, whatever the cause. Those that no count below has were answered in place of a
    /// load that failed.
    stale: "stale",
    /// Of these, those for which nothing was loaded: in the pause that `retry_after` makes after a failure.
    stale_in_pause: "stale in pause",
    /// Of these, those that `stale_while_revalidate` allows.
    stale_while_revalidate: "stale while revalidate",
    /// Of these, those whose load took longer than `soft_timeout`.
    stale_after_soft_timeout: "stale after soft timeout",
    /// Loads begun in the background.
    refreshes: "refreshes",
    /// Loads not begun in the background, or not moved there: too many ran, or there was no tokio runtime.
    refreshes_skipped: "refreshes skipped",
    /// Loads that took longer than their `timeout`.
    timed_out: "timed out",
    /// Loads for which a record of the shared tier was found: no body ran.
    tier_hits: "tier hits",
    /// Operations of the shared tier that failed or timed out. The body ran, or its answer was not stored there.
    tier_errors: "tier errors",
    /// Records of the shared tier that could not be decoded: they were loaded anew.
    tier_undecodable: "tier records not decoded",
    /// Calls that ran the body and touched nothing: `bypass`, `no_store`, a zero ttl, a disabled cache.
    bypassed: "bypassed",
    /// Answers stored.
    stored: "stored",
    /// Answers not stored because their key was invalidated while they were loaded.
    superseded: "superseded",
    /// Answers not stored because `store_if`, a lifetime of zero, their weight or the switched off cache forbids it.
    refused: "refused",
    /// Keys invalidated.
    invalidated: "invalidated",
    /// Entries that left by themselves: the sum of the three causes below.
    evicted: "evicted",
    /// Entries that left because the capacity is used up.
    evicted_for_capacity: "evicted for capacity",
    /// Entries that left because they were of no use any more: past their ttl, and past what `stale_if_error` adds to it.
    evicted_expired: "evicted expired",
    /// Entries that left because nobody read them within `tti`.
    evicted_idle: "evicted idle",
    /// Entries held now, those that have expired included until they are freed.
    entries: "entries",
    /// What they weigh now; where there is no `weigh`, how many there are.
    weight: "weight",
    /// Loads that are running now and may still store their answer.
    running_loads: "running loads",
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
        let answered = self.load_times.count().max(1);
        let saved = u128::from(self.hits.saturating_add(self.collapsed));
        let nanos = self.load_time.as_nanos() / u128::from(answered) * saved;
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// The part of the calls that may use the cache that it answered from memory, from 0 to 1. None where there were
    /// no such calls.
    ///
    /// ```
    /// assert_eq!(cached_attr_runtime::Stats::default().hit_ratio(), None);
    /// ```
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "a ratio of counts")]
    pub fn hit_ratio(&self) -> Option<f64> {
        let lookups = self.hits + self.misses;
        (lookups > 0).then(|| self.hits as f64 / lookups as f64)
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.enabled {
            f.write_str("disabled, ")?;
        }
        for (word, count) in self.counts().filter(|(_, count)| *count > 0) {
            write!(f, "{count} {word}, ")?;
        }
        write!(f, "{:?} in loads ({})", self.load_time, self.load_times)?;
        match self.oldest_load {
            Some(age) => write!(f, ", the oldest running for {age:?}"),
            None => Ok(()),
        }
    }
}
