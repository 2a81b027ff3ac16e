//! Writing from outside: putting an answer in, and taking answers away so that no load brings them back.

use std::sync::atomic::{Ordering, fence};

use super::Store;
use super::chain::{self, Displaced};
use super::erased_key::{OwnedKey, Query};
use crate::clock;
use crate::counters::Counter;
use crate::entry::{ErasedPair, SharedEntry};
use crate::panics;
use crate::policy::Policy;

impl Store {
    /// Stores an answer from outside: every load of the key that is under way is void.
    pub(crate) fn insert(&self, policy: &Policy, query: &Query<'_>, entry: &SharedEntry) {
        let meta = entry.0.meta();
        let (_pin, mut shard) = self.lock(query.hash);
        shard.void(query);
        let storable = policy.lifetime(&meta, self.ttl_override()) > 0 && self.has_room_for(&meta);
        if shard.is_held(query) || !storable {
            let removed = self.remove_entry(query);
            drop(shard);
            self.count(policy, Counter::Refused);
            self.sync_eviction(removed);
            return;
        }
        let displaced = self.index.put(entry, self.longest_chain());
        drop(shard);
        self.after_store(policy, entry, displaced);
    }

    /// Voids the loads of a key and removes its entry; whether there was one.
    pub(crate) fn invalidate(&self, query: &Query<'_>) -> bool {
        let (_pin, mut shard) = self.lock(query.hash);
        shard.void(query);
        let removed = self.remove_entry(query);
        drop(shard);
        self.counters.add(Counter::Invalidated);
        let was_there = removed.is_some();
        self.sync_eviction(removed);
        was_there
    }

    /// Voids the loads of a key and makes its entry stale.
    pub(crate) fn expire(&self, query: &Query<'_>) {
        let (_pin, mut shard) = self.lock(query.hash);
        shard.void(query);
        self.index.with_key(query, |entry| {
            entry.0.expire();
            // The source is known to have changed: it is asked again at once.
            shard.end_pause(&entry.0);
        });
    }

    /// Voids every load and removes every entry; how many there were.
    pub(crate) fn invalidate_all(&self) -> u64 {
        self.invalidate_if(&|_| true)
    }

    /// Voids every load and removes the entries that match; how many did.
    pub(crate) fn invalidate_if(&self, matches: &dyn Fn(&dyn ErasedPair) -> bool) -> u64 {
        // Loads first: one that has stored by now is among the entries, one that has not will not.
        self.flights.void_all();
        let mut all = self.index.all();
        all.retain(|entry| matches(&entry.0.pair));
        self.remove_all(all)
    }

    /// Removes these entries; how many there are.
    pub(super) fn remove_all(&self, all: Vec<SharedEntry>) -> u64 {
        // All of them before any is dropped: a value's `Drop` may panic.
        for entry in &all {
            entry.0.invalidate();
        }
        let count = u64::try_from(all.len()).unwrap_or(u64::MAX);
        self.counters.add_many(Counter::Invalidated, count);
        for entry in &all {
            self.remove_this(entry);
            self.eviction.sync(&self.index, entry.0.hash);
        }
        // One by one: a value whose `Drop` panics keeps no other alive.
        panics::for_each(all, drop);
        count
    }

    /// All entries, those that have expired included.
    pub(crate) fn entries(&self) -> Vec<SharedEntry> {
        self.index.all()
    }

    /// Removes the entry and stores nothing under the key until [`Store::release_hold`] with the number that `held` gets.
    /// That is set as soon as the key is held, before values are dropped.
    pub(crate) fn hold(&self, query: &Query<'_>, key: OwnedKey, held: &mut Option<u64>) {
        let (_pin, mut shard) = self.lock(query.hash);
        shard.void(query);
        *held = Some(shard.hold(query.hash, key));
        let removed = self.remove_entry(query);
        drop(shard);
        self.counters.add(Counter::Invalidated);
        self.sync_eviction(removed);
    }

    /// Ends a hold. Loads begun during it may have read what was there before the write: they are void.
    pub(crate) fn release_hold(&self, query: &Query<'_>, held: u64) {
        let (_pin, mut shard) = self.lock(query.hash);
        // First: the key's `eq` may panic below.
        let released = shard.release(query.hash, held);
        shard.void(query);
        drop(shard);
        drop(released);
    }

    /// Trusts answers this long from now on, those held included.
    pub(crate) fn set_ttl(&self, policy: &Policy, nanos: u64) {
        self.override_ttl(nanos);
        self.deadlines.clear();
        // Entries stored from here on see the new ttl, those stored before are in the list below: see `set_retention`.
        fence(Ordering::SeqCst);
        let now = clock::rough().mono;
        for entry in self.index.all() {
            self.set_retention(policy, &entry);
            self.deadlines.push(&self.index, &entry.0, now);
        }
        self.eviction.restart_handover();
    }

    /// Sets for how long an entry of the index can be of use. `set_ttl` may come in between: either it finds the entry,
    /// or its ttl is seen here.
    fn set_retention(&self, policy: &Policy, entry: &SharedEntry) {
        loop {
            let ttl = self.ttl_override();
            let retention = policy.retention(&entry.0.meta(), ttl);
            entry.0.set_retention(retention);
            // Pairs with the fence in `set_ttl`.
            fence(Ordering::SeqCst);
            if self.ttl_override() == ttl {
                return;
            }
        }
    }

    /// Removes the entry of a key. The key's shard is locked.
    pub(super) fn remove_entry(&self, query: &Query<'_>) -> Option<SharedEntry> {
        let entry = self.index.get(query)?;
        entry.0.invalidate();
        self.index.remove(&entry);
        self.eviction.removed(&entry.0);
        Some(entry)
    }

    /// Removes this very entry, whatever its key; whether it was still there. The eviction policy is synced after it.
    pub(super) fn remove_this(&self, entry: &SharedEntry) -> bool {
        let (_pin, shard) = self.lock(entry.0.hash);
        entry.0.invalidate();
        let removed = self.index.remove(entry);
        if removed {
            self.eviction.removed(&entry.0);
        }
        drop(shard);
        if removed {
            self.tags.entry_left(&self.index);
        }
        removed
    }

    /// Lets the eviction policy know that an entry has left. Takes its time: no lock is held.
    pub(super) fn sync_eviction(&self, removed: Option<SharedEntry>) {
        if let Some(entry) = removed {
            self.eviction.sync(&self.index, entry.0.hash);
            self.tags.entry_left(&self.index);
        }
    }

    /// What follows a store and needs no lock.
    pub(super) fn after_store(&self, policy: &Policy, entry: &SharedEntry, displaced: Displaced) {
        self.set_retention(policy, entry);
        self.count(policy, Counter::Stored);
        let Displaced {
            replaced,
            crowded_out,
        } = displaced;
        if crowded_out.is_some() {
            self.counters.add(Counter::EvictedForCapacity);
        }
        for old in replaced.iter().chain(&crowded_out) {
            old.0.invalidate();
            self.eviction.removed(&old.0);
        }
        self.admit(entry);
    }

    /// How many keys of one hash are kept.
    pub(super) fn longest_chain(&self) -> usize {
        let capacity = usize::try_from(self.limits.capacity).unwrap_or(usize::MAX);
        chain::LONGEST.min(capacity)
    }
}
