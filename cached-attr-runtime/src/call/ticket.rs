//! A call under way, its types forgotten: what it asked, where it looks, how far it got.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use super::lead::Lead;
use super::open::time_left;
use crate::context::Context;
use crate::flight::{Flight, Outcome};
use crate::policy::Policy;
use crate::stats::Counter;
use crate::status::CacheStatus;
use crate::store::{Ask, Boarding, OwnedKey, Query, Store, Taker, Wanted};
use crate::waits::Wait;

/// A call that found no answer in memory.
pub(super) struct Ticket {
    pub(super) store: Arc<Store>,
    pub(super) policy: Arc<Policy>,
    pub(super) context: Context,
    pub(super) key: OwnedKey,
    hash: u64,
    wanted: Wanted,
    /// Joined loads that failed with an error this call could not share.
    failures: u8,
}

/// The next stage of a call.
pub(super) enum Next {
    /// The taker has the answer.
    Found,
    Wait(Joined),
    Lead(Lead),
    /// The body runs by itself: waiting would close a cycle.
    Alone,
}

impl Ticket {
    pub(super) fn new(
        store: Arc<Store>,
        policy: Arc<Policy>,
        context: Context,
        hash: u64,
        key: OwnedKey,
        wanted: Wanted,
    ) -> Self {
        Ticket {
            store,
            policy,
            context,
            key,
            hash,
            wanted,
            failures: 0,
        }
    }

    pub(super) fn query(&self) -> Query<'_> {
        Query {
            hash: self.hash,
            probe: &self.key,
        }
    }

    pub(super) fn record(&self, change: impl FnOnce(&mut CacheStatus)) {
        if let Some(cell) = &self.context.status {
            cell.write(change);
        }
    }

    /// Finds the load of the key or begins it.
    pub(super) fn board(&self, taker: &dyn Taker) -> Next {
        // Having waited twice for loads that failed, it waits no more.
        match self.ask(self.failures >= 2) {
            Boarding::Found(resident, left) if taker.take(&resident.0.body) => {
                self.collapsed();
                self.record(|status| status.ttl = time_left(left));
                Next::Found
            }
            // Another function's error, in a cache that both use: it says nothing here.
            Boarding::Found(..) => match self.ask(true) {
                Boarding::Lead(flight) => self.lead(flight),
                _ => Next::Alone,
            },
            Boarding::Lead(flight) => self.lead(flight),
            Boarding::Join(flight) => self.join(flight, true),
            Boarding::WaitOut(flight) => self.join(flight, false),
        }
    }

    fn ask(&self, solo: bool) -> Boarding {
        let ask = Ask {
            wanted: self.wanted,
            control: self.context.control,
            solo,
            key: &self.key,
        };
        self.store.board(&self.policy, &self.query(), &ask)
    }

    fn lead(&self, flight: Arc<Flight>) -> Next {
        self.store.counters.add(Counter::Load);
        Next::Lead(Lead::new(self, flight))
    }

    /// Waits for a flight, unless that flight waits for this call's own load.
    fn join(&self, flight: Arc<Flight>, joins: bool) -> Next {
        let wait = match &self.context.load {
            None => None,
            Some(own) => match Wait::begin(own, &flight) {
                None => {
                    self.store.counters.add(Counter::Load);
                    return Next::Alone;
                }
                wait => wait,
            },
        };
        Next::Wait(Joined {
            landed: Box::pin(flight.landed()),
            joins,
            _wait: wait,
        })
    }

    /// Whether the end of an awaited flight gave this call its answer; else it starts over.
    pub(super) fn landed(&mut self, flight: &Flight, joins: bool, taker: &dyn Taker) -> bool {
        if !joins {
            return false;
        }
        let adopted = match flight.outcome.get() {
            Some(Outcome::Answered(resident)) => taker.take(&resident.0.body),
            Some(Outcome::Failed(_) | Outcome::FailedAlone) if self.stand_in(taker) => return true,
            Some(Outcome::Failed(failure)) => taker.adopt(failure),
            Some(Outcome::FailedAlone) => false,
            Some(Outcome::Abandoned) | None => return false,
        };
        if adopted {
            self.collapsed();
        } else {
            self.failures = self.failures.saturating_add(1);
        }
        adopted
    }

    /// Takes an old answer in place of an error, where the policy and the caller allow one.
    pub(super) fn stand_in(&self, taker: &dyn Taker) -> bool {
        let found = !self.wanted.refreshes()
            && self
                .store
                .stand_in(&self.policy, &self.query(), taker, true);
        if found {
            self.record(|status| status.stale = true);
        }
        found
    }

    fn collapsed(&self) {
        self.store.counters.add(Counter::Collapsed);
        self.record(|status| status.collapsed = true);
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
