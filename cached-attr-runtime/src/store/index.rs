//! The index: from a key's hash to its entry, read without a lock.
//!
//! Each 64-bit hash has one slot. It holds an entry or, where keys share a hash, a short [chain](super::chain) of them:
//! a `Hash` that looks at part of its key is legal, and must cost no more than a walk along that chain. So the map
//! never sees two keys of one hash, and the eviction policy can know entries by their hash alone.
//!
//! Readers need no lock. Whoever changes a slot holds the lock of its shard, see [`Store::lock`](super::Store).

use std::collections::BTreeSet;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use arc_swap::ArcSwapOption;
use equivalent::Equivalent;
use papaya::ResizeMode;
use seize::Collector;

use super::chain::{self, Displaced};
use super::erased_key::Query;
use crate::entry::{EntryHeader, SharedEntry};
use crate::lock::lock;

/// Passes on the hash that the key was given once.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hashed(u64);

impl Hasher for Hashed {
    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }

    #[inline]
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, bytes: &[u8]) {
        // Only `write_u64` is ever used; anything else still hashes, slowly.
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }
}

pub(crate) type PassOn = BuildHasherDefault<Hashed>;

/// What stands under one hash: an entry, or the head of a chain.
pub(crate) struct Slot(SharedEntry);

impl PartialEq for Slot {
    fn eq(&self, other: &Self) -> bool {
        self.0.0.hash == other.0.0.hash
    }
}

impl Eq for Slot {}

impl Hash for Slot {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.0.hash);
    }
}

/// A hash to look for.
struct ByHash(u64);

impl Hash for ByHash {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0);
    }
}

impl Equivalent<Slot> for ByHash {
    #[inline]
    fn equivalent(&self, slot: &Slot) -> bool {
        self.0 == slot.0.0.hash
    }
}

enum Slots {
    /// The key is a constant: no map.
    Single(ArcSwapOption<Slot>),
    Map(papaya::HashMap<Slot, (), PassOn>),
}

/// Where readers look.
pub(crate) struct Index {
    slots: Slots,
    /// Entries in chains, less one for each chain.
    chained: AtomicUsize,
    /// The hashes that have chains.
    chains: Mutex<BTreeSet<u64>>,
}

impl Index {
    pub(crate) fn new(single: bool) -> Self {
        let slots = if single {
            Slots::Single(ArcSwapOption::empty())
        } else {
            // A cache full of hot keys sees few inserts, and papaya moves a growing table along with them: in
            // small steps it would stay half-moved, and every hit would look into two tables.
            let map = papaya::HashMap::builder()
                .hasher(PassOn::default())
                .resize_mode(ResizeMode::Incremental(4096))
                // What is removed is freed at once, not in batches: values may be large. A collector for each map: papaya
                // reclaims all of it when the map is dropped, whoever else uses it.
                .collector(Collector::new().batch_size(1));
            Slots::Map(map.build())
        };
        Index {
            slots,
            chained: AtomicUsize::new(0),
            chains: Mutex::default(),
        }
    }

    /// What `read` makes of the slot of a hash: an entry, or the head of a chain.
    #[inline]
    pub(crate) fn with<R>(&self, hash: u64, read: impl FnOnce(&SharedEntry) -> R) -> Option<R> {
        match &self.slots {
            Slots::Single(slot) => slot.load().as_deref().map(|slot| read(&slot.0)),
            Slots::Map(map) => map
                .pin()
                .get_key_value(&ByHash(hash))
                .map(|(slot, ())| read(&slot.0)),
        }
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

    /// Delays the drop of what is removed until the guard is dropped: values are dropped then, and not under the lock
    /// that is taken after it.
    pub(crate) fn pin(&self) -> Option<impl Sized + '_> {
        match &self.slots {
            Slots::Single(_) => None,
            Slots::Map(map) => Some(map.guard()),
        }
    }

    /// Puts an entry under its key.
    pub(crate) fn put(&self, entry: &SharedEntry, longest_chain: usize) -> Displaced {
        let hash = entry.0.hash;
        let Some(slot) = self.with(hash, SharedEntry::clone) else {
            self.set(entry.clone());
            return Displaced::default();
        };
        let (slot, displaced) = chain::with(&slot, entry, longest_chain);
        if displaced.replaced.is_none() && displaced.crowded_out.is_none() {
            self.chained.fetch_add(1, Ordering::Relaxed);
            self.chains().insert(hash);
        }
        self.set(slot);
        displaced
    }

    /// Removes this very entry, if it is still there; another one under the same key stays.
    pub(crate) fn remove(&self, entry: &SharedEntry) -> bool {
        let hash = entry.0.hash;
        let Some(slot) = self.with(hash, SharedEntry::clone) else {
            return false;
        };
        if slot.is(entry) {
            match &self.slots {
                Slots::Single(slot) => drop(slot.swap(None)),
                Slots::Map(map) => drop(map.pin().remove(&ByHash(hash))),
            }
            return true;
        }
        let Some(rest) = chain::without(&slot, entry) else {
            return false;
        };
        self.chained.fetch_sub(1, Ordering::Relaxed);
        if rest.0.pair.chain().is_none() {
            self.chains().remove(&hash);
        }
        self.set(rest);
        true
    }

    fn set(&self, slot: SharedEntry) {
        match &self.slots {
            Slots::Single(single) => drop(single.swap(Some(Arc::new(Slot(slot))))),
            Slots::Map(map) => drop(map.pin().insert(Slot(slot), ())),
        }
    }

    pub(crate) fn all(&self) -> Vec<SharedEntry> {
        match &self.slots {
            Slots::Single(slot) => match slot.load().as_deref() {
                Some(slot) => chain::entries(&slot.0).to_vec(),
                None => Vec::new(),
            },
            Slots::Map(map) => map
                .pin()
                .keys()
                .flat_map(|slot| chain::entries(&slot.0))
                .cloned()
                .collect(),
        }
    }

    /// Looks at every entry, and clones none.
    pub(crate) fn for_each(&self, mut look: impl FnMut(&SharedEntry)) {
        let mut each = |slot: &Slot| chain::entries(&slot.0).iter().for_each(&mut look);
        match &self.slots {
            Slots::Single(slot) => slot.load().as_deref().into_iter().for_each(each),
            Slots::Map(map) => map.pin().keys().for_each(&mut each),
        }
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        let slots = match &self.slots {
            Slots::Single(slot) => usize::from(slot.load().is_some()),
            Slots::Map(map) => map.len(),
        };
        slots + self.chained()
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
