//! What administration does to all entries at once.

use super::Store;
use super::freshness::Freshness;
use crate::clock;
use crate::handle::Census;
use crate::policy::{Limits, Policy};

impl Store {
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Adds what each entry is good for.
    pub(crate) fn count_entries(&self, policy: &Policy, census: &mut Census) {
        let now = clock::precise();
        self.index
            .for_each(|entry| match self.classify(policy, &entry.0, now) {
                Freshness::Fresh { .. } => census.fresh += 1,
                Freshness::Stale(usable) if usable.any() => census.stale += 1,
                Freshness::Stale(_) | Freshness::Gone => census.ended += 1,
            });
    }

    /// Voids every load and makes every entry stale.
    pub(crate) fn expire_all(&self) {
        // Loads first, as in `invalidate_if`.
        self.flights.void_all();
        for entry in self.index.all() {
            let (_delay, mut shard) = self.lock(entry.0.hash);
            entry.0.expire();
            shard.end_pause(&entry.0);
        }
    }
}
