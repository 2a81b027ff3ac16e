//! `LoadTimes`: a histogram of how long loads took.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How many buckets have an upper bound.
const BOUNDED: usize = 21;
/// And one for loads that took longer than the last bound.
const BUCKETS: usize = BOUNDED + 1;

/// The upper bound of the first bucket, in nanoseconds; each further one is twice the one before.
const FIRST: u64 = 100_000;

/// How long the loads of a cache took that gave an answer, in buckets that are the same for every cache: up to 100 µs,
/// 200 µs, 400 µs and so on to 105 s, and longer.
///
/// ```
/// # use cached_attr_runtime::Stats;
/// let times = Stats::default().load_times;
/// assert_eq!((times.count(), times.quantile(0.99)), (0, None));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct LoadTimes {
    counts: [u64; BUCKETS],
}

impl LoadTimes {
    /// How many loads there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The buckets: the longest time that belongs to it, and how many loads do. The last bucket has no bound.
    pub fn buckets(&self) -> impl Iterator<Item = (Option<Duration>, u64)> + '_ {
        let bounded = |bucket| (bucket < BOUNDED).then(|| bound(bucket));
        (0..BUCKETS).map(move |bucket| (bounded(bucket), self.counts[bucket]))
    }

    /// A time that this part of the loads did not exceed: `quantile(0.5)` is the median. It is the upper bound of a
    /// bucket, so up to twice the exact one; of loads beyond the last bound it is that bound.
    ///
    /// None where there were no loads.
    #[must_use]
    pub fn quantile(&self, part: f64) -> Option<Duration> {
        let count = self.count();
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "a rank among that many loads needs no more precision"
        )]
        let rank = ((count as f64 * part.clamp(0.0, 1.0)).ceil() as u64).max(1);
        let mut seen = 0;
        let within = self.counts.iter().position(|&loads| {
            seen += loads;
            seen >= rank
        })?;
        Some(bound(within.min(BOUNDED - 1)))
    }

    pub(crate) fn plus(mut self, other: LoadTimes) -> LoadTimes {
        for (mine, theirs) in self.counts.iter_mut().zip(other.counts) {
            *mine += theirs;
        }
        self
    }
}

impl fmt::Display for LoadTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.quantile(0.5), self.quantile(0.99)) {
            (Some(median), Some(most)) => {
                write!(f, "half within {median:?}, 99 % within {most:?}")
            }
            _ => f.write_str("no loads"),
        }
    }
}

fn bound(bucket: usize) -> Duration {
    Duration::from_nanos(FIRST << bucket)
}

/// The same, being counted.
#[derive(Default)]
pub(crate) struct LoadTimesCounter([AtomicU64; BUCKETS]);

impl LoadTimesCounter {
    pub(crate) fn add(&self, nanos: u64) {
        let bucket = (0..BOUNDED).position(|bucket| nanos <= FIRST << bucket);
        self.0[bucket.unwrap_or(BOUNDED)].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn read(&self) -> LoadTimes {
        LoadTimes {
            counts: self.0.each_ref().map(|count| count.load(Ordering::Relaxed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(nanos: &[u64]) -> LoadTimes {
        let counter = LoadTimesCounter::default();
        for &nanos in nanos {
            counter.add(nanos);
        }
        counter.read()
    }

    #[test]
    fn a_load_belongs_to_the_first_bucket_whose_bound_it_does_not_exceed() {
        let times = of(&[0, 100_000, 100_001, 1_000_000_000, u64::MAX]);
        let filled: Vec<_> = times.buckets().filter(|(_, loads)| *loads > 0).collect();
        let bounds = [(100, 2), (200, 1), (1_638_400, 1)]
            .map(|(micros, loads)| (Some(Duration::from_micros(micros)), loads));
        assert_eq!(filled[..3], bounds);
        assert_eq!(filled[3], (None, 1));
        assert_eq!(times.count(), 5);
    }

    #[test]
    fn a_quantile_is_the_bound_of_the_bucket_it_falls_into() {
        let mut nanos = vec![1_000; 98];
        nanos.extend([5_000_000, u64::MAX]);
        let times = of(&nanos);
        assert_eq!(times.quantile(0.0), Some(Duration::from_micros(100)));
        assert_eq!(times.quantile(0.98), Some(Duration::from_micros(100)));
        assert_eq!(times.quantile(0.99), Some(Duration::from_micros(6_400)));
        assert_eq!(times.quantile(1.0), Some(bound(BOUNDED - 1)));
    }
}
