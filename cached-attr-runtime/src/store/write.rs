//! Writing from outside: putting an answer in, and taking answers away so that no load brings them back.

use std::sync::atomic::{Ordering, fence};

use super::Store;
use super::erased_key::{OwnedKey, Query};
use crate::entry::SharedEntry;
use crate::policy::Policy;
use crate::stats::Counter;

impl Store {
    /// Stores an answer from outside: every load of the key that is under way is void.
    pub(crate) fn insert(&self, policy: &Policy, query: &Query<'_>, resident: &SharedEntry) {
        let (_pin, mut shard) = self.lock(query.hash);
        shard.void(query);
        if shard.is_held(query) || policy.lifetime(&resident.0.facts(), self.ttl_set()) == 0 {
            let gone = self.remove_entry(query);
            drop(shard);
            self.sync_eviction(gone);
            return;
        }
        let old = self.index.put(resident);
        drop(shard);
        self.settle_in(policy, resident, old);
    }

    /// Voids the loads of a key and removes its entry.
    pub(crate) fn invalidate(&self, query: &Query<'_>) {
        let (_pin, mut shard) = self.lock(query.hash);
        shard.void(query);
        let gone = self.remove_entry(query);
        drop(shard);
        self.counters.add(Counter::Invalidation);
        self.sync_eviction(gone);
    }

    /// Voids the loads of a key and makes its entry stale.
    pub(crate) fn expire(&self, query: &Query<'_>) {
        let (_pin, mut shard) = self.lock(query.hash);
        shard.void(query);
        self.index.with(query, |resident| resident.0.expire());
    }

    /// Voids every load and removes every entry.
    pub(crate) fn invalidate_all(&self) {
        // Loads first: one that has stored by now is among the entries, one that has not will not.
        self.flights.void_all();
        let all = self.index.all();
        self.counters.add_many(
            Counter::Invalidation,
            u64::try_from(all.len()).unwrap_or(u64::MAX),
        );
        for resident in all {
            resident.0.kill();
            self.index.remove(&resident);
            self.eviction.reconcile(&self.index, resident.0.hash);
        }
    }

    /// Removes the entry and stores nothing under the key until [`Store::release_hold`].
    pub(crate) fn hold(&self, query: &Query<'_>, key: OwnedKey) {
        let (_pin, mut shard) = self.lock(query.hash);
        shard.void(query);
        shard.hold(query, key);
        let gone = self.remove_entry(query);
        drop(shard);
        self.counters.add(Counter::Invalidation);
        self.sync_eviction(gone);
    }

    /// Ends a hold. Loads begun behind it may have read what was there before the write: they are void.
    pub(crate) fn release_hold(&self, query: &Query<'_>) {
        let (_pin, mut shard) = self.lock(query.hash);
        shard.void(query);
        shard.release(query);
    }

    pub(crate) fn record_miss(&self, hash: u64) {
        self.counters.add(Counter::Miss);
        self.eviction.record_miss(hash);
    }

    /// Says of an entry of the index for how long it can be of use. `set_ttl` may come in between: either it finds the
    /// entry, or its ttl is seen here.
    fn set_retention(&self, policy: &Policy, resident: &SharedEntry) {
        loop {
            let set = self.ttl_set();
            let useful = policy.useful(&resident.0.facts(), set);
            resident.0.set_retention(useful);
            fence(Ordering::SeqCst);
            if self.ttl_set() == set {
                return;
            }
        }
    }

    /// Trusts answers this long from now on, those held included.
    pub(crate) fn set_ttl(&self, policy: &Policy, nanos: u64) {
        self.note_ttl(nanos);
        self.eviction.forget_ends();
        fence(Ordering::SeqCst);
        for resident in self.index.all() {
            self.set_retention(policy, &resident);
            self.eviction.note_end(&self.index, &resident.0);
        }
    }

    pub(super) fn remove_entry(&self, query: &Query<'_>) -> Option<SharedEntry> {
        let resident = self.index.get(query)?;
        resident.0.kill();
        self.index.remove(&resident);
        Some(resident)
    }

    pub(super) fn sync_eviction(&self, gone: Option<SharedEntry>) {
        if let Some(resident) = gone {
            self.eviction.reconcile(&self.index, resident.0.hash);
        }
    }

    /// What follows a store and needs no lock: moka may take its time here.
    pub(super) fn settle_in(
        &self,
        policy: &Policy,
        resident: &SharedEntry,
        old: Option<SharedEntry>,
    ) {
        self.set_retention(policy, resident);
        self.counters.add(Counter::CacheValue);
        if let Some(old) = old {
            old.0.kill();
        }
        self.eviction
            .admit(&self.index, &self.counters, &resident.0);
    }
}
