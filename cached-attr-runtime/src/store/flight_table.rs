//! The table of flights: the one place where loads, invalidations and stores of a key meet.
//!
//! Everything that decides whether an answer may be stored happens under the lock of the key's shard, with no `.await`
//! inside: a load may store only while its flight is still in the table, and invalidating takes it out.

use std::sync::{Arc, Mutex, MutexGuard};

use hashbrown::HashTable;

use super::erased_key::{OwnedKey, Query};
use super::flight::Flight;
use crate::entry::EntryHeader;
use crate::lock::lock;

const SHARDS: usize = 16;

/// A key that a writer holds: nothing is stored under it. One for each writer.
pub(crate) struct KeyHold {
    hash: u64,
    key: OwnedKey,
    id: u64,
}

/// A stale entry whose source has failed.
struct Pause {
    hash: u64,
    /// The entry's.
    sequence: u64,
    /// In the clock's monotonic nanoseconds.
    until: u64,
}

/// What is under way for some of the keys.
#[derive(Default)]
pub(crate) struct Shard {
    flights: HashTable<Arc<Flight>>,
    holds: HashTable<KeyHold>,
    next_hold: u64,
    pauses: HashTable<Pause>,
}

/// All flights of one store.
#[derive(Default)]
pub(crate) struct FlightTable {
    shards: [Mutex<Shard>; SHARDS],
}

impl FlightTable {
    /// Locks the key's shard. A panic in a key's `eq` poisons nothing: nothing was half done.
    pub(crate) fn lock(&self, hash: u64) -> MutexGuard<'_, Shard> {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "any bits of the hash will do"
        )]
        let shard = (hash >> 32) as usize % SHARDS;
        lock(&self.shards[shard])
    }

    /// The flights of each shard in turn, under its lock.
    pub(super) fn for_each(&self, mut look: impl FnMut(&Flight)) {
        for shard in &self.shards {
            let shard = lock(shard);
            shard.flights.iter().for_each(|flight| look(flight));
        }
    }

    /// Voids every flight: none of them may store.
    pub(crate) fn void_all(&self) {
        for shard in &self.shards {
            let mut shard = lock(shard);
            // Dropped after the lock: a flight may hold the last handle to a key of the user's.
            let flights = std::mem::take(&mut shard.flights);
            drop(shard);
            drop(flights);
        }
    }

    /// Voids every flight that has a tag, and marks those that may yet name it.
    pub(crate) fn void_tagged(&self, tag: &str) {
        for shard in &self.shards {
            let mut shard = lock(shard);
            let is_void = |flight: &mut Arc<Flight>| flight.tags.invalidate(tag);
            let flights: Vec<_> = shard.flights.extract_if(is_void).collect();
            drop(shard);
            drop(flights);
        }
    }
}

impl Shard {
    /// The flight of this key that began last.
    pub(crate) fn newest(&self, query: &Query<'_>) -> Option<&Arc<Flight>> {
        self.flights
            .iter_hash(query.hash)
            .filter(|flight| is_of(flight, query))
            .max_by_key(|flight| flight.info.sequence)
    }

    pub(crate) fn add(&mut self, flight: &Arc<Flight>) {
        self.flights
            .insert_unique(flight.info.hash, Arc::clone(flight), |flight| {
                flight.info.hash
            });
    }

    /// Takes this very flight out; whether it was still there.
    pub(crate) fn remove(&mut self, flight: &Arc<Flight>) -> bool {
        self.flights
            .find_entry(flight.info.hash, |known| Arc::ptr_eq(known, flight))
            .map(hashbrown::hash_table::OccupiedEntry::remove)
            .is_ok()
    }

    /// Voids every flight of the key: their answers still go to those who wait, but are not stored.
    pub(crate) fn void(&mut self, query: &Query<'_>) {
        self.void_older(query, u64::MAX);
    }

    /// Voids the flights of the key that began before this one: it has the last word.
    pub(crate) fn void_older(&mut self, query: &Query<'_>, sequence: u64) {
        let is_older =
            |flight: &Arc<Flight>| flight.info.sequence < sequence && is_of(flight, query);
        while let Ok(flight) = self.flights.find_entry(query.hash, is_older) {
            flight.remove();
        }
    }

    /// Whether a key with this hash is being loaded.
    #[cfg(feature = "shared")]
    pub(super) fn has_hash(&self, hash: u64) -> bool {
        self.flights
            .iter_hash(hash)
            .any(|flight| flight.info.hash == hash)
    }

    /// Voids every flight of the keys with this hash, which are dropped after the lock.
    #[cfg(feature = "shared")]
    pub(super) fn take_hash(&mut self, hash: u64) -> Vec<Arc<Flight>> {
        let mut taken = Vec::new();
        while let Ok(flight) = self
            .flights
            .find_entry(hash, |flight| flight.info.hash == hash)
        {
            taken.push(flight.remove().0);
        }
        taken
    }

    /// Holds the key: nothing is stored under it until every hold is released.
    pub(crate) fn hold(&mut self, hash: u64, key: OwnedKey) -> u64 {
        let id = self.next_hold;
        self.next_hold += 1;
        self.holds
            .insert_unique(hash, KeyHold { hash, key, id }, |hold| hold.hash);
        id
    }

    /// Releases one hold, which is dropped after the lock: it may have the last handle to a key of the user's.
    pub(crate) fn release(&mut self, hash: u64, id: u64) -> Option<KeyHold> {
        let hold = self.holds.find_entry(hash, |hold| hold.id == id).ok()?;
        Some(hold.remove().0)
    }

    pub(crate) fn is_held(&self, query: &Query<'_>) -> bool {
        self.holds
            .find(query.hash, |hold| query.matcher.is_key(hold.key.as_any()))
            .is_some()
    }

    /// Leaves the source of a stale entry alone until then.
    pub(crate) fn pause(&mut self, entry: &EntryHeader, now: u64, until: u64) {
        self.end_pause(entry);
        if self.pauses.len() == self.pauses.capacity() {
            // Those of entries that have left, and those that are over.
            self.pauses.retain(|pause| now < pause.until);
        }
        let pause = Pause {
            hash: entry.hash,
            sequence: entry.sequence,
            until,
        };
        self.pauses
            .insert_unique(entry.hash, pause, |pause| pause.hash);
    }

    pub(crate) fn is_paused(&self, entry: &EntryHeader, now: u64) -> bool {
        self.paused_until(entry).is_some_and(|until| now < until)
    }

    /// Until when the source of a stale entry is left alone. It may be over.
    pub(crate) fn paused_until(&self, entry: &EntryHeader) -> Option<u64> {
        self.pauses
            .find(entry.hash, |pause| pause.sequence == entry.sequence)
            .map(|pause| pause.until)
    }

    pub(crate) fn end_pause(&mut self, entry: &EntryHeader) {
        if let Ok(pause) = self
            .pauses
            .find_entry(entry.hash, |pause| pause.sequence == entry.sequence)
        {
            pause.remove();
        }
    }
}

fn is_of(flight: &Arc<Flight>, query: &Query<'_>) -> bool {
    flight.info.hash == query.hash && query.matcher.is_key(flight.key.as_any())
}
