//! What a store holds now, beside what it has counted.

use std::time::Duration;

use super::Store;
use crate::clock;
use crate::policy::Policy;
use crate::stats::Stats;

impl Store {
    /// What this store has done and what it holds, for calls under a policy.
    pub(crate) fn stats(&self, policy: &Policy) -> Stats {
        let now = clock::precise();
        let mut running_loads = 0;
        let mut oldest = None;
        self.flights.for_each(|flight| {
            running_loads += 1;
            oldest = oldest.max(Some(flight.info.began.elapsed(now)));
        });
        Stats {
            entries: u64::try_from(self.index.len()).unwrap_or(u64::MAX),
            weight: self.weight(),
            running_loads,
            oldest_load: oldest.map(Duration::from_nanos),
            ..self.counters.stats(!self.is_off(policy))
        }
    }

    fn weight(&self) -> u64 {
        if self.limits.single {
            // The eviction policy takes no part in it.
            return self.index.weight_of(0).unwrap_or(0).into();
        }
        self.eviction.held(&self.index)
    }
}
