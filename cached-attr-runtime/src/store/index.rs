//! The index: from a key to its entry, read without a lock.

use std::hash::{BuildHasherDefault, Hash, Hasher};

use arc_swap::ArcSwapOption;
use equivalent::Equivalent;
use papaya::ResizeMode;
use seize::Collector;
use std::sync::Arc;

use super::erased_key::{ByHash, Query};
use crate::entry::SharedEntry;

/// Hands on the hash that the key was given once.
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

/// Where readers look.
pub(crate) enum Index {
    /// The key is a constant: no map.
    Slot(ArcSwapOption<SharedEntry>),
    Map(papaya::HashMap<SharedEntry, (), PassOn>),
}

impl Index {
    pub(crate) fn new(single: bool) -> Self {
        if single {
            Index::Slot(ArcSwapOption::empty())
        } else {
            // A cache full of hot keys sees few inserts, and papaya moves a growing table along with them: in
            // small steps it would stay half-moved, and every hit would look into two tables.
            let map = papaya::HashMap::builder()
                .hasher(PassOn::default())
                .resize_mode(ResizeMode::Incremental(4096))
                // What is removed is freed at once, not in batches: values may be large.
                .collector(Collector::new().batch_size(1));
            Index::Map(map.build())
        }
    }

    /// What `read` makes of the entry under the key.
    #[inline]
    pub(crate) fn with<R>(
        &self,
        query: &(impl Hash + Equivalent<SharedEntry>),
        read: impl FnOnce(&SharedEntry) -> R,
    ) -> Option<R> {
        match self {
            Index::Slot(slot) => {
                let held = slot.load();
                let resident = held.as_deref()?;
                query.equivalent(resident).then(|| read(resident))
            }
            Index::Map(map) => map
                .pin()
                .get_key_value(query)
                .map(|(resident, ())| read(resident)),
        }
    }

    /// Holds back what is removed until the guard is dropped: values die then, and not under the lock that is
    /// taken after it.
    pub(crate) fn pin(&self) -> Option<impl Sized + '_> {
        match self {
            Index::Slot(_) => None,
            Index::Map(map) => Some(map.guard()),
        }
    }

    pub(crate) fn by_hash(&self, hash: u64) -> Option<SharedEntry> {
        self.with(&ByHash(hash), SharedEntry::clone)
    }

    pub(crate) fn get(&self, query: &Query<'_>) -> Option<SharedEntry> {
        self.with(query, SharedEntry::clone)
    }

    /// Puts an entry under its key and returns the one it takes the place of. One caller at a time for each
    /// key: the flights' lock sees to that.
    pub(crate) fn put(&self, resident: &SharedEntry) -> Option<SharedEntry> {
        match self {
            Index::Slot(slot) => slot
                .swap(Some(Arc::new(resident.clone())))
                .map(|old| SharedEntry::clone(&old)),
            Index::Map(map) => {
                let map = map.pin();
                let old = map.get_key_value(resident).map(|(old, ())| old.clone());
                map.insert(resident.clone(), ());
                old
            }
        }
    }

    /// Removes this very entry; another one under the same key stays.
    pub(crate) fn remove(&self, resident: &SharedEntry) {
        match self {
            Index::Slot(slot) => {
                let held = slot.load();
                if held.as_deref().is_some_and(|held| held.is(resident)) {
                    slot.compare_and_swap(&held, None);
                }
            }
            Index::Map(map) => {
                let _ = map.pin().remove_if(resident, |held, ()| held.is(resident));
            }
        }
    }

    pub(crate) fn all(&self) -> Vec<SharedEntry> {
        match self {
            Index::Slot(slot) => slot
                .load_full()
                .iter()
                .map(|held| SharedEntry::clone(held))
                .collect(),
            Index::Map(map) => map.pin().keys().cloned().collect(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Index::Slot(slot) => usize::from(slot.load().is_some()),
            Index::Map(map) => map.len(),
        }
    }
}
