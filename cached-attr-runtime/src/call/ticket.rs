//! A call under way: what it asked, where it looks, how far it got.

use std::any::Any;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use super::lead::Lead;
use super::search::{self, Search};
use super::start::Mode;
use crate::Stored;
use crate::clock;
use crate::context::Context;
use crate::flight::{Flight, Outcome};
use crate::key::Key;
use crate::policy::{NEVER, Policy};
use crate::shape::Shape;
use crate::stats::Counter;
use crate::status::{CacheStatus, Forward};
use crate::store::{Ask, Boarding, Found, Query, Store, Wanted};
use crate::waits::Wait;

/// The part of a call that knows no types.
pub(super) struct Call {
    pub(super) store: Arc<Store>,
    pub(super) policy: Arc<Policy>,
    pub(super) context: Context,
    hash: u64,
    wanted: Wanted,
    refreshes: bool,
    /// Joined loads that failed with an error this call could not share.
    failures: u8,
}

/// A call with its key, owned.
pub(super) struct Ticket<K> {
    pub(super) call: Call,
    pub(super) key: K,
}

pub(super) enum Opened {
    Bypass,
    Found,
    Miss(Call),
}

/// The next stage of a call.
pub(super) enum Next<R> {
    Answer(R),
    Wait(Joined),
    Lead(Lead),
    /// The body runs by itself: waiting would close a cycle.
    Alone,
}

impl Ticket<()> {
    /// Looks a key up with everything that may change how: options, wishes, isolation.
    pub(super) fn open(
        store: Arc<Store>,
        policy: &Arc<Policy>,
        context: Context,
        query: &Query<'_>,
        mode: Mode,
    ) -> Opened {
        let status = context.status.clone();
        let record = |status_of: CacheStatus| {
            if let Some(cell) = &status {
                cell.write(|status| *status = status_of);
            }
        };
        let forward = |fwd| CacheStatus {
            fwd: Some(fwd),
            ..CacheStatus::default()
        };
        if mode.bypass || context.control.stores_nothing() || store.is_off(policy) {
            store.counters.add(Counter::Bypassed);
            record(forward(Forward::Bypass));
            return Opened::Bypass;
        }
        let oldest = if mode.refresh {
            Some(Duration::ZERO)
        } else {
            context.control.oldest()
        };
        let wanted = Wanted {
            oldest: oldest.map_or(NEVER, clock::nanos),
            since: store.serial(),
        };
        // A clock may stand still: what was stored in this very moment is still too old for `max_age(0)`.
        let found = if wanted.oldest == 0 {
            store.peek(policy, query)
        } else {
            store.read(policy, query, &wanted)
        };
        let missed = match found {
            Found::Hit { left } => {
                store.counters.hit();
                record(CacheStatus {
                    hit: true,
                    ttl: ttl(left),
                    ..CacheStatus::default()
                });
                return Opened::Found;
            }
            Found::Stale => forward(Forward::Stale),
            Found::TooOld => forward(Forward::Request),
            Found::Nothing => forward(Forward::Miss),
        };
        record(missed);
        if found == Found::Stale && oldest.is_none() && store.stand_in(policy, query, false) {
            record(CacheStatus {
                hit: true,
                stale: true,
                ..CacheStatus::default()
            });
            return Opened::Found;
        }
        store.hear_miss(query.hash);
        Opened::Miss(Call {
            store,
            policy: Arc::clone(policy),
            context,
            hash: query.hash,
            wanted,
            refreshes: oldest.is_some(),
            failures: 0,
        })
    }
}

fn ttl(left: u64) -> Option<Duration> {
    (left < NEVER / 2).then(|| Duration::from_nanos(left))
}

impl Call {
    pub(super) fn with_key<K>(self, key: K) -> Ticket<K> {
        Ticket { call: self, key }
    }

    pub(super) fn record(&self, change: impl FnOnce(&mut CacheStatus)) {
        if let Some(cell) = &self.context.status {
            cell.write(change);
        }
    }

    fn board(&self, query: &Query<'_>, key: &dyn Fn() -> Box<dyn Any + Send + Sync>) -> Boarding {
        let ask = Ask {
            wanted: self.wanted,
            refreshes: self.refreshes,
            control: self.context.control,
            // Having waited twice for loads that failed, it waits no more.
            solo: self.failures >= 2,
            key,
        };
        self.store.board(&self.policy, query, &ask)
    }

    /// Waits for a flight, unless that flight waits for this call's own load.
    fn join(&self, flight: Arc<Flight>, joins: bool) -> Option<Joined> {
        let wait = match &self.context.load {
            Some(own) => Some(Wait::begin(own, &flight)?),
            None => None,
        };
        Some(Joined {
            landed: Box::pin(flight.landed()),
            joins,
            _wait: wait,
        })
    }

    fn lead(&self, flight: Arc<Flight>) -> Lead {
        self.store.counters.add(Counter::Load);
        Lead::new(self, flight)
    }
}

impl<K: Key> Ticket<K> {
    /// Finds the load of the key or begins it.
    pub(super) fn board<S: Shape<Value: Stored>>(&self) -> Next<S::Return> {
        let borrowed = &self.key;
        let search = Search::<K, &K, S>::new(&borrowed);
        let query = Query {
            hash: self.call.hash,
            probe: &search,
        };
        let boarding = self.call.board(&query, &|| Box::new(self.key.clone()));
        let joined = match boarding {
            Boarding::Found { left } => match search.into_answer() {
                Some(answer) => {
                    self.call.store.counters.add(Counter::Collapsed);
                    self.call.record(|status| {
                        status.collapsed = true;
                        status.ttl = ttl(left);
                    });
                    return Next::Answer(answer);
                }
                None => None,
            },
            Boarding::Lead(flight) => return Next::Lead(self.call.lead(flight)),
            Boarding::Join(flight) => self.call.join(flight, true),
            Boarding::WaitOut(flight) => self.call.join(flight, false),
        };
        joined.map_or(Next::Alone, Next::Wait)
    }

    /// An old answer in place of an error, where the policy and the caller allow one.
    pub(super) fn stand_in<S: Shape<Value: Stored>>(&self) -> Option<S::Return> {
        if self.call.refreshes {
            return None;
        }
        let borrowed = &self.key;
        let search = Search::<K, &K, S>::new(&borrowed);
        let query = Query {
            hash: self.call.hash,
            probe: &search,
        };
        if !self.call.store.stand_in(&self.call.policy, &query, true) {
            return None;
        }
        self.call.record(|status| status.stale = true);
        search.into_answer()
    }

    /// What the end of an awaited flight means for this call: its answer, or none, and it starts over.
    pub(super) fn landed<S: Shape<Value: Stored>>(
        &mut self,
        flight: &Flight,
        joins: bool,
    ) -> Option<S::Return> {
        if !joins {
            return None;
        }
        let answer = match flight.outcome.get() {
            Some(Outcome::Answered(resident)) => search::answer::<K, S>(&resident.0.body),
            Some(Outcome::Failed(failure)) => {
                self.stand_in::<S>().or_else(|| search::adopt::<S>(failure))
            }
            Some(Outcome::FailedAlone) => self.stand_in::<S>(),
            Some(Outcome::Abandoned) | None => return None,
        };
        if answer.is_some() {
            self.call.store.counters.add(Counter::Collapsed);
            self.call.record(|status| status.collapsed = true);
        } else {
            self.call.failures = self.call.failures.saturating_add(1);
        }
        answer
    }
}

/// A wait for another call's load.
pub(super) struct Joined {
    landed: Pin<Box<dyn Future<Output = Arc<Flight>> + Send + Sync>>,
    /// Its answer is for this caller; else the caller only waits for its end.
    joins: bool,
    _wait: Option<Wait>,
}

impl Joined {
    pub(super) fn poll(&mut self, cx: &mut TaskContext<'_>) -> Poll<(Arc<Flight>, bool)> {
        self.landed
            .as_mut()
            .poll(cx)
            .map(|flight| (flight, self.joins))
    }
}
