//! The store of one cache: the index that readers use, the flights that write, the eviction that bounds it.
//! Types of keys and values are forgotten here, so that all of this is compiled once.

mod erased_key;
pub(crate) mod eviction;
mod expiry;
mod flight;
pub(crate) mod flight_table;
pub(crate) mod index;
mod load;
mod read;
mod waits;
mod write;

use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, MutexGuard};

pub(crate) use erased_key::{AnswerSink, KeyMatcher, OwnedKey, Query};
pub(crate) use flight::{Flight, Outcome};
pub(crate) use load::{Ask, Claim, StoreOutcome};
pub(crate) use read::{Found, FreshnessRequest};
pub(crate) use waits::Wait;

use crate::key::KeyRef;
use crate::policy::{Limits, Policy};
use crate::registry;
use crate::stats::{Counters, Stats};
use eviction::Eviction;
use flight_table::{FlightTable, Shard};
use index::Index;

/// `set_ttl` was never called.
const UNSET: u64 = u64::MAX - 1;

/// One cache.
pub(crate) struct Store {
    name: Arc<str>,
    limits: Arc<Limits>,
    index: Arc<Index>,
    eviction: Eviction,
    flights: FlightTable,
    pub(crate) counters: Arc<Counters>,
    hasher: foldhash::fast::RandomState,
    /// Nanoseconds, instead of the attribute's; or [`UNSET`].
    set_ttl: AtomicU64,
    /// How many loads have begun.
    sequence: AtomicU64,
    enabled: AtomicBool,
}

impl Store {
    pub(crate) fn new(name: Arc<str>, limits: Arc<Limits>) -> Self {
        Store {
            name,
            index: Arc::new(Index::new(limits.single)),
            eviction: Eviction::new(Arc::clone(&limits)),
            limits,
            flights: FlightTable::default(),
            counters: Arc::default(),
            hasher: foldhash::fast::RandomState::default(),
            set_ttl: AtomicU64::new(UNSET),
            sequence: AtomicU64::new(0),
            enabled: AtomicBool::new(true),
        }
    }

    /// An empty one with the same rules, for a test of its own.
    pub(crate) fn empty_copy(&self) -> Self {
        let other = Store {
            // Keys are hashed before it is known whose store is asked.
            hasher: self.hasher.clone(),
            ..Store::new(Arc::clone(&self.name), Arc::clone(&self.limits))
        };
        other
            .set_ttl
            .store(self.set_ttl.load(Ordering::Relaxed), Ordering::Relaxed);
        other
            .enabled
            .store(self.enabled.load(Ordering::Relaxed), Ordering::Relaxed);
        other
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The number of the load that began last, on any thread: changing it by nothing is the only way to read it
    /// that cannot be told an older one.
    pub(crate) fn last_sequence(&self) -> u64 {
        self.sequence.fetch_add(0, Ordering::AcqRel)
    }

    #[inline]
    pub(crate) fn hash<K>(&self, key: &impl KeyRef<K>) -> u64 {
        if self.limits.single {
            return 0;
        }
        let mut hasher = self.hasher.build_hasher();
        key.hash_key(&mut hasher);
        hasher.finish()
    }

    /// A number that nobody can foresee, for jitter.
    pub(crate) fn random(&self, seed: u64) -> u64 {
        self.hasher.hash_one(seed)
    }

    /// What `set_ttl` said, in nanoseconds.
    #[inline]
    pub(crate) fn ttl_set(&self) -> Option<u64> {
        match self.set_ttl.load(Ordering::Relaxed) {
            UNSET => None,
            ttl => Some(ttl),
        }
    }

    /// Locks the key's shard of flights. The pin is dropped after it: what leaves the index meanwhile dies then, and
    /// not under the lock.
    fn lock(&self, hash: u64) -> (impl Sized + '_, MutexGuard<'_, Shard>) {
        let pin = self.index.pin();
        (pin, self.flights.lock(hash))
    }

    fn note_ttl(&self, nanos: u64) {
        // The longest ttl but one stands for "not set"; nobody will miss a nanosecond of 584 years.
        let ttl = if nanos == UNSET { UNSET - 1 } else { nanos };
        self.set_ttl.store(ttl, Ordering::Relaxed);
    }

    pub(crate) fn set_enabled(&self, enabled: bool) {
        self.enabled.store(enabled, Ordering::Relaxed);
    }

    /// Whether calls under this policy neither read nor write.
    #[inline]
    pub(crate) fn is_off(&self, policy: &Policy) -> bool {
        if !self.enabled.load(Ordering::Relaxed) || !registry::is_enabled() {
            return true;
        }
        match self.ttl_set() {
            Some(ttl) => ttl == 0,
            None => policy.is_off(),
        }
    }

    pub(crate) fn stats(&self, policy: &Policy) -> Stats {
        self.counters.stats(!self.is_off(policy))
    }

    pub(crate) fn len(&self) -> usize {
        self.eviction.settle(&self.index, &self.counters);
        self.index.len()
    }
}
