//! Loads: claiming a key, and what becomes of the answer.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Store;
use super::erased_key::{OwnedKey, Query};
use super::flight::{Flight, Outcome};
use super::flight_table::Shard;
use super::flight_tags::{FlightTags, Tag};
use super::freshness::{Freshness, FreshnessRequest, StaleUse};
use super::running_load::RunningLoad;
use crate::clock;
use crate::counters::Counter;
use crate::entry::{EntryMeta, LoadInfo, SharedEntry};
use crate::policy::Policy;

/// What a call that found nothing fresh does next.
pub(crate) enum Claim {
    /// An answer was stored in the meantime; how many nanoseconds it stays fresh.
    Cached(SharedEntry, u64),
    /// Waits for a load that is under way; how many [marks](FlightTags) it has.
    Follow(Arc<Flight>, usize),
    /// Waits for such a load to end, and then starts over: it began too early for this caller.
    WaitThenRetry(Arc<Flight>),
    /// Runs the load.
    Lead(Arc<Flight>),
    /// There is no load, and this caller does not begin one yet.
    Unclaimed,
}

/// What a caller needs of a load.
pub(crate) struct ClaimRequest<'a> {
    pub(crate) freshness: FreshnessRequest,
    /// The same for the loads that the caller may join.
    pub(crate) joins: FreshnessRequest,
    pub(crate) key: &'a OwnedKey,
    /// Whether a stored answer is taken: false after one that the caller could not make its own from.
    pub(crate) reads: bool,
    /// Whether the caller begins a load where there is none.
    pub(crate) leads: bool,
    /// The tags of a load that it begins.
    pub(crate) tags: &'a [Tag],
    /// Whether that load may name more while it runs.
    pub(crate) names_tags: bool,
    /// The body of that load, if it serves several keys.
    pub(crate) running: Option<&'a Arc<RunningLoad>>,
    /// How long that load may take, in nanoseconds; zero for no limit.
    pub(crate) limit: u64,
}

/// What the end of a load does to the store.
pub(crate) enum Completion<'a> {
    Store(&'a SharedEntry),
    /// Not stored, and what was stored before is no longer true.
    Remove,
    /// Not stored, and what was stored before is stale now.
    Expire,
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreOutcome {
    Stored,
    /// The key was invalidated, or is being written, or a younger load has its answer.
    Superseded,
    /// The policy keeps no such answer.
    NotStorable,
}

/// Frees a key that was claimed, if the claim does not come back to the call.
struct CancelOnUnwind<'a> {
    store: &'a Store,
    flight: Option<Arc<Flight>>,
}

impl CancelOnUnwind<'_> {
    fn disarm(mut self) {
        self.flight = None;
    }
}

impl Drop for CancelOnUnwind<'_> {
    fn drop(&mut self) {
        if let Some(flight) = self.flight.take() {
            self.store.cancel(&flight, Outcome::Cancelled);
        }
    }
}

impl Store {
    /// Finds the load of a key, or begins it: at most one that a caller without request directives may join.
    pub(crate) fn claim(
        &self,
        policy: &Policy,
        query: &Query<'_>,
        request: &ClaimRequest<'_>,
    ) -> Claim {
        // Declared first, so that it is dropped last: the delay may drop values of the user's, which may panic.
        let mut unwinding = None;
        let claim = self.claim_locked(policy, query, request, &mut unwinding);
        if let Some(unwinding) = unwinding {
            unwinding.disarm();
        }
        claim
    }

    fn claim_locked<'a>(
        &'a self,
        policy: &Policy,
        query: &Query<'_>,
        request: &ClaimRequest<'_>,
        unwinding: &mut Option<CancelOnUnwind<'a>>,
    ) -> Claim {
        let (_delay, mut shard) = self.lock(query.hash);
        let freshness = &request.freshness;
        if request.reads
            && let Some((entry, left)) = self.find(policy, query, freshness)
        {
            return Claim::Cached(entry, left);
        }
        // Only a load whose own inputs are as young as this caller needs them.
        if let Some(flight) = shard.newest(query)
            && flight.info.max_input_age <= freshness.max_input_age
        {
            if request.joins.accepts(&flight.info, clock::precise()) {
                return Claim::Follow(Arc::clone(flight), flight.tags.marks());
            }
            if flight.refreshes && freshness.refreshes() {
                return Claim::WaitThenRetry(Arc::clone(flight));
            }
        }
        if !request.leads {
            return Claim::Unclaimed;
        }
        Claim::Lead(self.begin(&mut shard, query.hash, request, unwinding))
    }

    /// Begins a load, unless it comes back by a panic.
    fn begin<'a>(
        &'a self,
        shard: &mut Shard,
        hash: u64,
        request: &ClaimRequest<'_>,
        unwinding: &mut Option<CancelOnUnwind<'a>>,
    ) -> Arc<Flight> {
        let freshness = &request.freshness;
        let info = self.new_load(hash, freshness.max_input_age);
        let tags = FlightTags::new(request.tags, request.names_tags);
        if request.names_tags || !request.tags.is_empty() {
            self.tags.set_used();
        }
        let refreshes = freshness.refreshes();
        let running = request.running.cloned().unwrap_or_default();
        let flight = Flight::new(
            request.key.clone(),
            info,
            refreshes,
            tags,
            running,
            request.limit,
        );
        let flight = Arc::new(flight);
        shard.add(&flight);
        *unwinding = Some(CancelOnUnwind {
            store: self,
            flight: Some(Arc::clone(&flight)),
        });
        flight
    }

    /// Whether the answer under a key should be loaded anew in the background: nobody loads it, and the source has not
    /// failed a moment ago.
    pub(crate) fn needs_refresh(&self, policy: &Policy, query: &Query<'_>) -> bool {
        let (_delay, shard) = self.lock(query.hash);
        self.needs_refresh_locked(policy, query, &shard)
    }

    fn needs_refresh_locked(&self, policy: &Policy, query: &Query<'_>, shard: &Shard) -> bool {
        let Some(entry) = self.index.get(query) else {
            return false;
        };
        let now = clock::precise();
        let due = match self.classify(policy, &entry.0, now) {
            Freshness::Fresh { refresh, .. } => refresh,
            Freshness::Stale(usable) => usable.while_revalidate,
            Freshness::Gone => false,
        };
        due && shard.newest(query).is_none()
            && !shard.is_held(query)
            && !shard.is_paused(&entry.0, now.mono)
    }

    /// Begins a load in the background, if one is still needed.
    pub(crate) fn claim_refresh(
        &self,
        policy: &Policy,
        query: &Query<'_>,
        key: &OwnedKey,
    ) -> Option<Arc<Flight>> {
        let mut unwinding = None;
        let flight = {
            let (_delay, mut shard) = self.lock(query.hash);
            let needed = self.needs_refresh_locked(policy, query, &shard);
            let request = ClaimRequest {
                freshness: FreshnessRequest::BY_POLICY,
                joins: FreshnessRequest::BY_POLICY,
                key,
                reads: true,
                leads: true,
                // Those of its function are named when it is known that it runs.
                tags: &[],
                names_tags: true,
                running: None,
                limit: policy.background_limit(),
            };
            needed.then(|| self.begin(&mut shard, query.hash, &request, &mut unwinding))
        };
        if let Some(unwinding) = unwinding {
            unwinding.disarm();
        }
        flight
    }

    /// Ends the wait for a load that has taken longer than it may: whoever polls it has stopped doing so.
    pub(crate) fn abandon(&self, flight: &Arc<Flight>) {
        self.cancel(flight, Outcome::Cancelled);
    }

    /// Ends a load that has its answer: takes its flight out, voids the loads that began before it, and changes the
    /// store, unless something has happened since the load began that forbids it.
    pub(crate) fn complete(
        &self,
        policy: &Policy,
        query: &Query<'_>,
        flight: &Arc<Flight>,
        completion: &Completion<'_>,
    ) -> StoreOutcome {
        let (_delay, mut shard) = self.lock(query.hash);
        let stands = shard.remove(flight);
        shard.void_older(query, flight.info.sequence);
        if !stands || shard.is_held(query) {
            drop(shard);
            self.count(policy, Counter::Superseded);
            return StoreOutcome::Superseded;
        }
        let is_off = self.is_off(policy);
        match completion {
            Completion::Store(entry) if !is_off => {
                let displaced = self.index.put(entry, self.longest_chain());
                self.tags.list(&self.index, &entry.0, flight);
                drop(shard);
                self.after_store(policy, entry, displaced);
                return StoreOutcome::Stored;
            }
            // Switched off meanwhile: entries stay as they are.
            Completion::Store(_) => {}
            Completion::Expire if is_off => {}
            Completion::Remove => {
                let removed = self.remove_entry(query);
                drop(shard);
                self.sync_eviction(removed);
            }
            Completion::Expire => {
                self.index.with_key(query, |entry| entry.0.expire());
            }
        }
        StoreOutcome::NotStorable
    }

    /// Ends a load that failed. If it still stands, the source is left alone for a while, as far as there is an answer
    /// to serve meanwhile.
    pub(crate) fn fail(&self, policy: &Policy, query: &Query<'_>, flight: &Arc<Flight>) {
        let (_delay, mut shard) = self.lock(query.hash);
        if !shard.remove(flight) || !policy.pauses() {
            return;
        }
        if let Some(entry) = self.index.get(query)
            && self.is_useful(policy, &entry.0, StaleUse::any)
        {
            let now = clock::precise().mono;
            shard.pause(&entry.0, now, now.saturating_add(policy.retry_after));
        }
    }

    /// Ends a load that came to nothing.
    pub(crate) fn cancel(&self, flight: &Arc<Flight>, outcome: Outcome) {
        self.flights.lock(flight.info.hash).remove(flight);
        flight.complete(outcome);
    }

    /// Whether the answer under a key is still of use, and better than an error.
    pub(crate) fn has_useful(&self, policy: &Policy, query: &Query<'_>) -> bool {
        self.index.with_key(query, |entry| {
            self.is_useful(policy, &entry.0, StaleUse::any)
        }) == Some(true)
    }

    /// What is known of a value at the end of its load.
    pub(crate) fn meta(
        &self,
        policy: &Policy,
        load: &LoadInfo,
        key: &dyn Any,
        value: &dyn Any,
        load_ttl: Option<u64>,
    ) -> EntryMeta {
        let weigh = self.limits.weigh.as_ref();
        let mut meta = EntryMeta {
            own_ttl: policy.own_ttl(value),
            load_ttl,
            // What weighs nothing would never have to leave.
            weight: weigh.map_or(1, |weigh| weigh(key, value).max(1)),
            idles: self.limits.tti > 0,
            ..EntryMeta::new(*load, policy.kind_of(value))
        };
        if policy.has_jitter() {
            let whole = policy.lifetime(&meta, self.ttl_override());
            meta.jitter = policy.draw_jitter(whole, self.random(load.sequence));
        }
        meta
    }

    /// Whether the capacity has room for an entry of this weight at all.
    pub(crate) fn has_room_for(&self, meta: &EntryMeta) -> bool {
        u64::from(meta.weight) <= self.limits.capacity
    }

    /// The beginning of a load.
    pub(crate) fn new_load(&self, hash: u64, max_input_age: u64) -> LoadInfo {
        LoadInfo {
            hash,
            began: clock::precise(),
            // A read-modify-write, for `last_sequence`: what it returns is never older than a load that began before.
            sequence: self.sequence.fetch_add(1, Ordering::AcqRel) + 1,
            max_input_age,
        }
    }
}
