//! The index: from a key's hash to its entry, read without a lock.
//!
//! Each 64-bit hash has one slot. It holds an entry or, where keys share a hash, a short [chain](super::chain) of them:
//! a `Hash` that looks at part of its key is legal, and must cost no more than a walk along that chain. So the map
//! never sees two keys of one hash, and the eviction policy can know entries by their hash alone.
//!
//! Readers need no lock. Whoever changes a slot holds the lock of its shard, see [`Store::lock`](super::Store).

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

use super::chain::{self, Displaced};
use super::erased_key::Query;
use super::slots::Slots;
use crate::entry::{EntryHeader, SharedEntry};
use crate::lock::lock;

/// Where readers look.
#[derive(Default)]
pub(crate) struct Index {
    slots: Slots,
    /// Entries in chains, less one for each chain.
    chained: AtomicUsize,
    /// The hashes that have chains.
    chains: Mutex<BTreeSet<u64>>,
}

impl Index {
    /// What `read` makes of the slot of a hash: an entry, or the head of a chain.
    #[inline]
    pub(crate) fn with<R>(&self, hash: u64, read: impl FnOnce(&SharedEntry) -> R) -> Option<R> {
        self.slots.with(hash, read)
    }

    /// What `read` makes of the entry under a key.
    pub(crate) fn with_key<R>(
        &self,
        query: &Query<'_>,
        read: impl FnOnce(&SharedEntry) -> R,
    ) -> Option<R> {
        self.with(query.hash, |slot| {
            chain::entries(slot)
                .iter()
                .find(|entry| query.matcher.is_key_of(&entry.0.pair))
                .map(read)
        })?
    }

    pub(crate) fn get(&self, query: &Query<'_>) -> Option<SharedEntry> {
        self.with_key(query, SharedEntry::clone)
    }

    /// The entry of this hash for which `is_it` holds.
    pub(crate) fn find(
        &self,
        hash: u64,
        is_it: impl Fn(&EntryHeader) -> bool,
    ) -> Option<SharedEntry> {
        self.with(hash, |slot| {
            let mut entries = chain::entries(slot).iter();
            entries.find(|entry| is_it(&entry.0)).cloned()
        })?
    }

    /// Whether this hash has an entry for which `is_it` holds. Unlike [`Index::find`] it clones nothing, so that
    /// nothing is dropped.
    pub(crate) fn contains(&self, hash: u64, is_it: impl Fn(&EntryHeader) -> bool) -> bool {
        let found = self.with(hash, |slot| {
            chain::entries(slot).iter().any(|entry| is_it(&entry.0))
        });
        found == Some(true)
    }

    /// What the entries of one hash weigh together; none where there is none.
    pub(crate) fn weight_of(&self, hash: u64) -> Option<u32> {
        self.with(hash, |slot| {
            let weights = chain::entries(slot).iter().map(|entry| entry.0.weight());
            weights.fold(0, u32::saturating_add)
        })
    }

    /// Puts an entry under its key.
    pub(crate) fn put(&self, entry: &SharedEntry, longest_chain: usize) -> Displaced {
        let hash = entry.0.hash;
        let Some(slot) = self.with(hash, SharedEntry::clone) else {
            self.slots.set(entry.clone());
            return Displaced::default();
        };
        let (slot, displaced) = chain::with(&slot, entry, longest_chain);
        if displaced.replaced.is_none() && displaced.crowded_out.is_none() {
            self.chained.fetch_add(1, Ordering::Relaxed);
            self.chains().insert(hash);
        }
        self.slots.set(slot);
        displaced
    }

    /// Removes this very entry, if it is still there; another one under the same key stays.
    pub(crate) fn remove(&self, entry: &SharedEntry) -> bool {
        let hash = entry.0.hash;
        let Some(slot) = self.with(hash, SharedEntry::clone) else {
            return false;
        };
        if slot.is(entry) {
            self.slots.remove(hash);
            return true;
        }
        let Some(rest) = chain::without(&slot, entry) else {
            return false;
        };
        self.chained.fetch_sub(1, Ordering::Relaxed);
        if rest.0.pair.chain().is_none() {
            self.chains().remove(&hash);
        }
        self.slots.set(rest);
        true
    }

    pub(crate) fn all(&self) -> Vec<SharedEntry> {
        let mut all = Vec::with_capacity(self.len());
        self.slots
            .for_each(|slot| all.extend_from_slice(chain::entries(slot)));
        all
    }

    /// Looks at every entry, and clones none.
    pub(crate) fn for_each(&self, mut look: impl FnMut(&SharedEntry)) {
        self.slots
            .for_each(|slot| chain::entries(slot).iter().for_each(&mut look));
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.slots.len() + self.chained()
    }

    /// How many of them share their hash with another, less one for each such hash.
    pub(crate) fn chained(&self) -> usize {
        self.chained.load(Ordering::Relaxed)
    }

    /// The oldest entry of a chain.
    pub(crate) fn oldest_of_a_chain(&self) -> Option<SharedEntry> {
        let hash = *self.chains().first()?;
        self.find(hash, |_| true)
    }

    fn chains(&self) -> MutexGuard<'_, BTreeSet<u64>> {
        lock(&self.chains)
    }
}
