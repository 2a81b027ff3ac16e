//! Loads: beginning one, and what becomes of its answer.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Store;
use super::erased_key::{OwnedKey, Query};
use super::flight::Flight;
use super::read::FreshnessRequest;
use crate::clock;
use crate::context::CacheControl;
use crate::entry::{EntryMeta, Kind, LoadInfo};
use crate::entry::{SharedEntry, State};
use crate::policy::Policy;
use crate::stats::Counter;

/// What a call that found nothing fresh does next.
pub(crate) enum Claim {
    /// Somebody stored the answer in the meantime; how many nanoseconds it stays fresh.
    Found(SharedEntry, u64),
    /// Waits for a load that is under way.
    Join(Arc<Flight>),
    /// Waits for such a load to end, and then starts over: it began too early for this caller.
    WaitOut(Arc<Flight>),
    /// Runs the load.
    Leader(Arc<Flight>),
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreOutcome {
    CacheValue,
    /// The key was invalidated, or is being written, or a younger load has its answer.
    Superseded,
    /// It was not meant to be.
    NotStorable,
}

/// What a caller asks of a load.
pub(crate) struct Ask<'a> {
    pub(crate) wanted: FreshnessRequest,
    pub(crate) control: CacheControl,
    /// Joins nobody and is joined by nobody.
    pub(crate) solo: bool,
    pub(crate) key: &'a OwnedKey,
}

impl Store {
    /// Finds the load of a key, or begins it: at most one that a caller without wishes may join.
    pub(crate) fn join_or_lead(&self, policy: &Policy, query: &Query<'_>, ask: &Ask<'_>) -> Claim {
        let (_pin, mut shard) = self.lock(query.hash);
        if !ask.solo {
            if let Some((resident, left)) = self.find(policy, query, &ask.wanted) {
                return Claim::Found(resident, left);
            }
            if let Some(flight) = shard.newest(query)
                && flight.control.at_least_as_strict(ask.control)
            {
                if ask.wanted.accepts(&flight.origin(), clock::precise()) {
                    return Claim::Join(Arc::clone(flight));
                }
                if flight.refreshes {
                    return Claim::WaitOut(Arc::clone(flight));
                }
            }
        }
        let flight = Arc::new(Flight {
            hash: query.hash,
            key: ask.key.clone(),
            began: clock::precise(),
            sequence: self.next_sequence(),
            control: ask.control,
            refreshes: ask.wanted.refreshes(),
            solo: ask.solo,
            outcome: tokio::sync::SetOnce::new(),
            waits: super::waits::Waits::default(),
        });
        shard.add(&flight);
        Claim::Leader(flight)
    }

    /// Ends a load that has its answer: takes its flight out, voids the loads that began before it, and stores
    /// the answer, if there is one to store and nothing has happened since the load began that forbids it.
    pub(crate) fn complete(
        &self,
        policy: &Policy,
        query: &Query<'_>,
        flight: &Arc<Flight>,
        answer: Option<&SharedEntry>,
    ) -> StoreOutcome {
        let (_pin, mut shard) = self.lock(query.hash);
        let stands = shard.remove(flight);
        shard.void_older(query, flight.sequence);
        let Some(resident) = answer else {
            return StoreOutcome::NotStorable;
        };
        if self.is_off(policy) {
            return StoreOutcome::NotStorable;
        }
        if !stands || shard.is_held(query) {
            drop(shard);
            self.counters.add(Counter::Superseded);
            return StoreOutcome::Superseded;
        }
        let old = self.index.put(resident);
        drop(shard);
        self.settle_in(policy, resident, old);
        StoreOutcome::CacheValue
    }

    /// Whether the answer under a key is still of use, and better than an error: fresh, or one that may stand in.
    pub(crate) fn has_useful(&self, policy: &Policy, query: &Query<'_>) -> bool {
        let useful = self.index.with(query, |held| {
            let facts = held.0.facts();
            let now = clock::precise();
            let serves_stale = policy.stale_if_error > 0 && held.0.state() == State::Expired;
            facts.kind != Kind::Failure
                && (serves_stale || held.0.state() == State::Fresh)
                && !self.has_idled(&held.0, now)
                && facts.origin.began.elapsed(now) < policy.useful(&facts, self.ttl_set())
        });
        useful == Some(true)
    }

    /// Ends a load whose error is the source's last word: what it said before is no longer true.
    pub(crate) fn retract(&self, query: &Query<'_>, flight: &Arc<Flight>) {
        let (_pin, mut shard) = self.lock(query.hash);
        let stands = shard.remove(flight);
        shard.void_older(query, flight.sequence);
        let gone = if stands {
            self.remove_entry(query)
        } else {
            None
        };
        drop(shard);
        self.sync_eviction(gone);
    }

    /// Ends a load that came to nothing.
    pub(crate) fn abandon(&self, flight: &Arc<Flight>) {
        self.flights.lock(flight.hash).remove(flight);
    }

    /// What is known of a value at the end of its load.
    pub(crate) fn facts(
        &self,
        policy: &Policy,
        load: &LoadInfo,
        key: &dyn Any,
        value: &dyn Any,
    ) -> EntryMeta {
        let mut facts = EntryMeta {
            own_ttl: policy.own_ttl(value),
            weight: self
                .limits
                .weigh
                .as_ref()
                .map_or(1, |weigh| weigh(key, value)),
            idles: self.limits.tti > 0,
            ..EntryMeta::new(*load, policy.kind_of(value))
        };
        let whole = policy.lifetime(&facts, self.ttl_set());
        facts.jitter = policy.draw_jitter(whole, self.random(load.sequence));
        facts
    }

    /// Where a value that is loaded now comes from.
    pub(crate) fn origin(&self, hash: u64) -> LoadInfo {
        LoadInfo {
            hash,
            began: clock::precise(),
            sequence: self.next_sequence(),
            within: 0,
        }
    }

    fn next_sequence(&self) -> u64 {
        self.sequence.fetch_add(1, Ordering::AcqRel) + 1
    }
}
