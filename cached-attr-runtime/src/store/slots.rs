//! Slots: what has each hash, read without a lock.
//!
//! The first slot stands by itself, and a cache whose key is a constant needs no other. The map is made for the second
//! one: most of what an almost empty map takes is room for threads, 18 KB of it.

use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::{Arc, Mutex, OnceLock};

use arc_swap::ArcSwapOption;
use equivalent::Equivalent;
use papaya::ResizeMode;
use seize::Collector;

use super::drop_delay;
use crate::entry::SharedEntry;
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
struct Slot(SharedEntry);

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

impl Drop for Slot {
    fn drop(&mut self) {
        drop_delay::leaves(&self.0);
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

type Map = papaya::HashMap<Slot, (), PassOn>;

fn new_map() -> Map {
    // A cache full of hot keys sees few inserts, and papaya moves a growing table along with them: in small steps it would
    // stay half-moved, and every hit would look into two tables.
    let map = papaya::HashMap::builder()
        .hasher(PassOn::default())
        .resize_mode(ResizeMode::Incremental(4096))
        // What is removed is freed at once, not in batches: values may be large. Where several threads are in the map, the last
        // one may stay until its thread removes the next. A collector for each map: papaya reclaims all of it when the map
        // is dropped, whoever else uses it.
        .collector(Collector::new().batch_size(1));
    map.build()
}

/// The slots of one cache. Whoever changes one holds the lock of its shard, see [`Store::lock`](super::Store).
#[derive(Default)]
pub(super) struct Slots {
    /// The only one, as long as there is no map.
    first: ArcSwapOption<Slot>,
    map: OnceLock<Map>,
    /// Locked while the first slot changes, or moves into the map.
    changing: Mutex<()>,
}

impl Slots {
    /// What `read` makes of the slot of a hash.
    #[inline]
    pub(super) fn with<R>(&self, hash: u64, read: impl FnOnce(&SharedEntry) -> R) -> Option<R> {
        let map = match self.map.get() {
            Some(map) => map,
            None => match &*self.first.load() {
                Some(slot) => return (slot.0.0.hash == hash).then(|| read(&slot.0)),
                // It may just have moved.
                None => self.map.get()?,
            },
        };
        map.pin()
            .get_key_value(&ByHash(hash))
            .map(|(slot, ())| read(&slot.0))
    }

    /// Puts a slot in the place of the one of its hash.
    pub(super) fn set(&self, slot: SharedEntry) {
        let slot = Slot(slot);
        let changing = self.map.get().is_none().then(|| lock(&self.changing));
        if let Some(map) = self.map.get() {
            map.pin().insert(slot, ());
            return;
        }
        match self.first.load_full() {
            Some(first) if *first != slot => {
                let map = new_map();
                map.pin().insert(Slot(first.0.clone()), ());
                map.pin().insert(slot, ());
                // In this order: whoever does not find the first slot finds the map.
                let _ = self.map.set(map);
                self.first.store(None);
            }
            before => {
                self.first.store(Some(Arc::new(slot)));
                // Not under the lock: values may be dropped.
                drop(changing);
                drop(before);
            }
        }
    }

    /// Removes the slot of a hash.
    pub(super) fn remove(&self, hash: u64) {
        let changing = self.map.get().is_none().then(|| lock(&self.changing));
        if let Some(map) = self.map.get() {
            map.pin().remove(&ByHash(hash));
            return;
        }
        let first = self.first.load_full();
        if first.as_ref().is_some_and(|first| first.0.0.hash == hash) {
            self.first.store(None);
        }
        drop(changing);
        drop(first);
    }

    pub(super) fn for_each(&self, mut look: impl FnMut(&SharedEntry)) {
        if self.map.get().is_none()
            && let Some(slot) = &*self.first.load()
        {
            look(&slot.0);
        } else if let Some(map) = self.map.get() {
            map.pin().keys().for_each(|slot| look(&slot.0));
        }
    }

    pub(super) fn len(&self) -> usize {
        if self.map.get().is_none() && self.first.load().is_some() {
            return 1;
        }
        // It may just have moved.
        self.map.get().map_or(0, papaya::HashMap::len)
    }
}

#[cfg(test)]
mod tests;
