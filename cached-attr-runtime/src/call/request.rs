//! A call under way, its types forgotten: what it asked, where it looks, how far it got.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use super::leader::Leader;
use super::slow_path::time_left;
use crate::context::CacheStatus;
use crate::context::Context;
use crate::policy::Policy;
use crate::stats::Counter;
use crate::store::Wait;
use crate::store::{AnswerSink, Ask, Claim, FreshnessRequest, OwnedKey, Query, Store};
use crate::store::{Flight, Outcome};

/// A call that found no answer in memory.
pub(super) struct Request {
    pub(super) store: Arc<Store>,
    pub(super) policy: Arc<Policy>,
    pub(super) context: Context,
    pub(super) key: OwnedKey,
    hash: u64,
    wanted: FreshnessRequest,
    /// Joined loads that failed with an error this call could not share.
    failures: u8,
}

/// The next stage of a call.
pub(super) enum Next {
    /// The taker has the answer.
    Found,
    Wait(Follower),
    Leader(Leader),
    /// The body runs by itself: waiting would close a cycle.
    Alone,
}

impl Request {
    pub(super) fn new(
        store: Arc<Store>,
        policy: Arc<Policy>,
        context: Context,
        hash: u64,
        key: OwnedKey,
        wanted: FreshnessRequest,
    ) -> Self {
        Request {
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
            matcher: &self.key,
        }
    }

    pub(super) fn record(&self, change: impl FnOnce(&mut CacheStatus)) {
        if let Some(cell) = &self.context.status {
            cell.write(change);
        }
    }

    /// Finds the load of the key or begins it.
    pub(super) fn join_or_lead(&self, sink: &dyn AnswerSink) -> Next {
        // Having waited twice for loads that failed, it waits no more.
        match self.ask(self.failures >= 2) {
            Claim::Found(resident, left) if sink.take(&resident.0.body) => {
                self.collapsed();
                self.record(|status| status.ttl = time_left(left));
                Next::Found
            }
            // Another function's error, in a cache that both use: it says nothing here.
            Claim::Found(..) => match self.ask(true) {
                Claim::Leader(flight) => self.lead(flight),
                _ => Next::Alone,
            },
            Claim::Leader(flight) => self.lead(flight),
            Claim::Join(flight) => self.join(flight, true),
            Claim::WaitOut(flight) => self.join(flight, false),
        }
    }

    fn ask(&self, solo: bool) -> Claim {
        let ask = Ask {
            wanted: self.wanted,
            control: self.context.control,
            solo,
            key: &self.key,
        };
        self.store.join_or_lead(&self.policy, &self.query(), &ask)
    }

    fn lead(&self, flight: Arc<Flight>) -> Next {
        self.store.counters.add(Counter::Load);
        Next::Leader(Leader::new(self, flight))
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
        Next::Wait(Follower {
            landed: Box::pin(flight.landed()),
            joins,
            _wait: wait,
        })
    }

    /// Whether the end of an awaited flight gave this call its answer; else it starts over.
    pub(super) fn landed(&mut self, flight: &Flight, joins: bool, sink: &dyn AnswerSink) -> bool {
        if !joins {
            return false;
        }
        let adopted = match flight.outcome.get() {
            Some(Outcome::Answered(resident)) => sink.take(&resident.0.body),
            Some(Outcome::Failed(_) | Outcome::FailedUnshared) if self.serve_stale(sink) => {
                return true;
            }
            Some(Outcome::Failed(failure)) => sink.adopt(failure),
            Some(Outcome::FailedUnshared) => false,
            Some(Outcome::Cancelled) | None => return false,
        };
        if adopted {
            self.collapsed();
        } else {
            self.failures = self.failures.saturating_add(1);
        }
        adopted
    }

    /// Takes an old answer in place of an error, where the policy and the caller allow one.
    pub(super) fn serve_stale(&self, sink: &dyn AnswerSink) -> bool {
        let found = !self.wanted.refreshes()
            && self
                .store
                .serve_stale(&self.policy, &self.query(), sink, true);
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
pub(super) struct Follower {
    landed: Pin<Box<dyn Future<Output = Arc<Flight>> + Send + Sync>>,
    /// Its answer is for this caller; else the caller only waits for its end.
    joins: bool,
    _wait: Option<Wait>,
}

impl Follower {
    pub(super) fn poll(&mut self, cx: &mut TaskContext<'_>) -> Poll<(Arc<Flight>, bool)> {
        self.landed
            .as_mut()
            .poll(cx)
            .map(|flight| (flight, self.joins))
    }
}
