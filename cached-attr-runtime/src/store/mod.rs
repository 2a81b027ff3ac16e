//! The store of one cache: the index that readers use, the flights of those who load, the eviction that bounds it.
//!
//! Types of keys and values are erased here, so that all of this is compiled once. A hit goes through `read`, `index` and
//! `freshness`; a miss claims its key in `load` and ends there; everything else that changes entries is in `write`.

mod administer;
pub(crate) mod chain;
mod drop_delay;
mod erased_key;
mod eviction;
mod expiry;
mod explain;
mod flight;
mod flight_table;
mod flight_tags;
mod freshness;
mod gauges;
mod index;
mod load;
mod maintenance;
mod read;
mod running_load;
#[cfg_attr(not(feature = "shared"), path = "without_tier.rs")]
mod shared;
mod slots;
mod tags;
mod wait_graph;
mod write;

use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, MutexGuard};

pub(crate) use erased_key::{AnswerSink, KeyMatcher, OwnedKey, Query};
pub(crate) use flight::{Flight, Outcome};
pub(crate) use flight_tags::Tag;
pub(crate) use freshness::{FreshnessRequest, StaleUse};
pub(crate) use load::{Claim, ClaimRequest, Completion, StoreOutcome};
pub(crate) use read::Lookup;
pub(crate) use running_load::{PollingTask, RunningLoad, Stalled, Watch};
pub(crate) use slots::Hashed;
pub(crate) use wait_graph::{Wait, stalled};

use crate::counters::{Counter, Counters};
use crate::key::KeyRef;
use crate::padded::Padded;
use crate::policy::{Limits, Policy};
use drop_delay::DropDelay;
use eviction::Eviction;
use expiry::Deadlines;
use flight_table::{FlightTable, Shard};
use index::Index;
use tags::TagIndex;

/// `set_ttl` was never called.
const UNSET: u64 = u64::MAX - 1;

/// Whether any cache of the process is in use; see [`set_all_enabled`].
static ENABLED: AtomicBool = AtomicBool::new(true);

/// Switches all caches of the process off or on, beside what each one's own switch says.
pub(crate) fn set_all_enabled(enabled: bool) {
    ENABLED.store(enabled, Ordering::Relaxed);
}

#[inline]
pub(crate) fn are_all_enabled() -> bool {
    ENABLED.load(Ordering::Relaxed)
}

/// One cache.
pub(crate) struct Store {
    name: Arc<str>,
    limits: Arc<Limits>,
    index: Index,
    eviction: Eviction,
    counters: Counters,
    hasher: foldhash::fast::RandomState,
    /// Nanoseconds, instead of the attribute's; or [`UNSET`].
    ttl_override: AtomicU64,
    enabled: AtomicBool,
    // What every load writes is kept apart from what every hit reads.
    deadlines: Padded<Deadlines>,
    flights: Padded<FlightTable>,
    tags: TagIndex,
    /// How many loads have begun.
    sequence: Padded<AtomicU64>,
    /// How many loads run in the background.
    in_background: AtomicUsize,
    #[cfg(feature = "shared")]
    pub(crate) tier_state: Box<crate::shared::TierState>,
}

impl Store {
    pub(crate) fn new(name: Arc<str>, limits: Arc<Limits>) -> Self {
        Store {
            name,
            index: Index::default(),
            deadlines: Padded(Deadlines::new(limits.tti)),
            eviction: Eviction::new(Arc::clone(&limits)),
            limits,
            flights: Padded::default(),
            tags: TagIndex::default(),
            counters: Counters::default(),
            hasher: foldhash::fast::RandomState::default(),
            ttl_override: AtomicU64::new(UNSET),
            sequence: Padded::default(),
            in_background: AtomicUsize::new(0),
            enabled: AtomicBool::new(true),
            #[cfg(feature = "shared")]
            tier_state: Box::default(),
        }
    }

    /// An empty one with the same rules, for a test of its own.
    pub(crate) fn empty_copy(&self) -> Self {
        let copy = Store {
            // Keys are hashed before it is known whose store is meant.
            hasher: self.hasher.clone(),
            ..Store::new(Arc::clone(&self.name), Arc::clone(&self.limits))
        };
        copy.inherit_switches(self);
        copy
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The number of the load that began last, on any thread. `fetch_add(0)`, not `load`: a read-modify-write always
    /// sees the latest value.
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

    /// A number that cannot be foreseen, for jitter.
    fn random(&self, seed: u64) -> u64 {
        self.hasher.hash_one(seed)
    }

    /// What `set_ttl` said, in nanoseconds.
    #[inline]
    pub(crate) fn ttl_override(&self) -> Option<u64> {
        match self.ttl_override.load(Ordering::Relaxed) {
            UNSET => None,
            ttl => Some(ttl),
        }
    }

    fn override_ttl(&self, nanos: u64) {
        // The longest ttl but one stands for "not set"; a nanosecond in 584 years makes no difference.
        let ttl = if nanos == UNSET { UNSET - 1 } else { nanos };
        self.ttl_override.store(ttl, Ordering::Relaxed);
    }

    /// Locks the key's shard. The delay is dropped after it: what leaves the index meanwhile is dropped then, and not under
    /// the lock.
    fn lock(&self, hash: u64) -> (DropDelay, MutexGuard<'_, Shard>) {
        (DropDelay::begin(), self.flights.lock(hash))
    }

    /// Takes over what `set_ttl` and `set_enabled` said to another store. This one is empty.
    pub(crate) fn inherit_switches(&self, other: &Store) {
        let ttl = other.ttl_override.load(Ordering::Relaxed);
        self.ttl_override.store(ttl, Ordering::Relaxed);
        let enabled = other.enabled.load(Ordering::Relaxed);
        self.enabled.store(enabled, Ordering::Relaxed);
    }

    pub(crate) fn set_enabled(&self, enabled: bool) {
        self.enabled.store(enabled, Ordering::Relaxed);
    }

    /// What `set_enabled` said of this cache.
    fn is_enabled(&self) -> bool {
        self.enabled.load(Ordering::Relaxed)
    }

    /// Whether calls under this policy neither read nor write.
    #[inline]
    pub(crate) fn is_off(&self, policy: &Policy) -> bool {
        if !self.enabled.load(Ordering::Relaxed) || !are_all_enabled() {
            return true;
        }
        match self.ttl_override() {
            Some(ttl) => ttl == 0,
            None => policy.is_off(),
        }
    }

    /// Makes room for one more load in the background; whether there was any.
    pub(crate) fn enter_background(&self) -> bool {
        self.in_background
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |running| {
                (running < self.limits.max_background).then_some(running + 1)
            })
            .is_ok()
    }

    /// Such a load has ended.
    pub(crate) fn leave_background(&self) {
        self.in_background.fetch_sub(1, Ordering::Relaxed);
    }

    /// Counts something that a call under a policy did: for the cache, and for the function if the cache is another's.
    pub(crate) fn count(&self, policy: &Policy, counter: Counter) {
        self.count_many(policy, counter, 1);
    }

    pub(crate) fn count_many(&self, policy: &Policy, counter: Counter, by: u64) {
        for counters in [Some(&self.counters), policy.counters.as_deref()]
            .into_iter()
            .flatten()
        {
            counters.add_many(counter, by);
        }
    }

    /// Counts something that no call did.
    #[cfg(feature = "shared")]
    pub(crate) fn count_own(&self, counter: Counter) {
        self.counters.add(counter);
    }

    /// Counts how long a load took that gave an answer.
    pub(crate) fn count_load_time(&self, policy: &Policy, nanos: u64) {
        self.counters.load_took(nanos);
        if let Some(counters) = &policy.counters {
            counters.load_took(nanos);
        }
    }

    /// The same for a hit.
    pub(crate) fn count_hit(&self, policy: &Policy) {
        self.counters.hit();
        policy.count_hit();
    }
}
