//! What the shared tier needs of a store.

use std::sync::Arc;

use super::Store;
use super::chain;
use super::erased_key::Query;
use super::flight::Flight;
use crate::clock::Stamp;
use crate::entry::EntryHeader;
use crate::shared::Sharing;
use crate::tier::Tier;

impl Store {
    /// Of a `shared` function.
    pub(crate) fn sharing(&self) -> Option<&Sharing> {
        self.limits.sharing.as_ref()
    }

    pub(crate) fn is_shared(&self) -> bool {
        self.sharing().is_some()
    }

    /// Whether every call reads the tier, since memory has no copies.
    pub(crate) fn reads_tier_first(&self) -> bool {
        self.sharing().is_some_and(Sharing::is_strict) && self.tier().is_some()
    }

    /// Whether an entry may be served at all: a `shared` function's only while changes in the tier are reported.
    pub(super) fn is_served(&self, entry: &EntryHeader) -> bool {
        entry.copy_mark().is_none_or(|mark| self.may_serve(mark))
    }

    /// Whether a copy of a record is fresh beyond doubt: younger than `sure`, and trusted.
    #[inline]
    pub(super) fn is_surely_fresh_copy(
        &self,
        entry: &EntryHeader,
        now: Stamp,
        (age, sure): (u64, u64),
    ) -> bool {
        let Some((at_most, generation)) = entry.as_copy() else {
            return false;
        };
        let trusts = |tier: &Arc<dyn Tier>| tier.trust().holds_at(generation, now);
        age < sure.min(at_most) && self.tier_of_copies().is_some_and(trusts)
    }

    /// What the tier calls it.
    pub(crate) fn shared_name(&self) -> &Arc<str> {
        &self.name
    }

    /// Whether there is an entry or a load of a key with this hash.
    pub(crate) fn has_any(&self, hash: u64) -> bool {
        // Under one lock: a load that ends moves from the one to the other.
        let (_delay, shard) = self.lock(hash);
        shard.has_hash(hash) || self.index.contains(hash, |_| true)
    }

    /// The keys of this hash changed in the tier: what was read before is served no more, and the loads under way are
    /// closed to those who come later.
    pub(crate) fn hash_changed(&self, hash: u64) {
        let entries = {
            let (_delay, mut shard) = self.lock(hash);
            let voided = shard.take_hash(hash);
            let entries = self
                .index
                .with(hash, |slot| chain::entries(slot).to_vec())
                .unwrap_or_default();
            drop(shard);
            drop(voided);
            entries
        };
        self.remove_all(entries);
    }

    /// Ends a load whose answer the tier has, and memory has not. If nothing happened since it began that forbids it, what
    /// was stored before is removed.
    pub(crate) fn leave_to_tier(&self, query: &Query<'_>, flight: &Arc<Flight>) {
        let (_delay, mut shard) = self.lock(query.hash);
        if !shard.remove(flight) {
            return;
        }
        shard.void_older(query, flight.info.sequence);
        let removed = self.remove_entry(query);
        drop(shard);
        self.sync_eviction(removed);
    }
}
