//! How far a call is: everything about it but its body and its types.

use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use super::lead::Lead;
use super::ticket::{Joined, Next, Ticket};
use crate::clock;
use crate::context::{Context, Entered};
use crate::entry::Resident;
use crate::error::Failure;
use crate::facts::{Facts, Kind};
use crate::flight::Outcome;
use crate::policy::NEVER;
use crate::stats::Counter;
use crate::store::{Fate, Taker};

/// A call that found no answer in memory.
pub(super) struct Stage {
    pub(super) ticket: Ticket,
    at: At,
}

enum At {
    Boarding,
    Waiting(Joined),
    Loading(Lead),
    /// The body runs by itself.
    Alone,
}

/// What the call does next.
pub(super) enum Turn {
    Pending,
    /// The taker has the answer.
    Found,
    /// The body is polled.
    Body,
}

impl Stage {
    /// Goes as far as it can without the body.
    pub(super) fn advance(&mut self, cx: &mut TaskContext<'_>, taker: &dyn Taker) -> Turn {
        loop {
            match &mut self.at {
                At::Boarding => {
                    self.at = match self.ticket.board(taker) {
                        Next::Found => return Turn::Found,
                        Next::Wait(joined) => At::Waiting(joined),
                        Next::Lead(lead) => At::Loading(lead),
                        Next::Alone => At::Alone,
                    };
                }
                At::Waiting(joined) => {
                    let Poll::Ready((flight, joins)) = joined.poll(cx) else {
                        return Turn::Pending;
                    };
                    // It waits no more: let nobody think so while the answer is taken.
                    self.at = At::Boarding;
                    if self.ticket.landed(&flight, joins, taker) {
                        return Turn::Found;
                    }
                }
                At::Loading(_) | At::Alone => return Turn::Body,
            }
        }
    }

    /// Makes the load, if it is one, the surroundings of what is polled while the guard lives.
    pub(super) fn enter(&self) -> Option<Entered> {
        match &self.at {
            At::Loading(lead) => Some(lead.enter()),
            _ => alone(),
        }
    }

    /// The body has been polled, and is not done.
    pub(super) fn rest(&self) {
        if let At::Loading(lead) = &self.at {
            lead.rest();
        }
    }

    /// The body is done: the load, if it was one, has to be ended.
    pub(super) fn over(&mut self) -> Option<Lead> {
        match std::mem::replace(&mut self.at, At::Alone) {
            At::Loading(lead) => Some(lead),
            _ => None,
        }
    }
}

/// The surroundings of a body that is no load: what it calls is not the outermost call.
pub(super) fn alone() -> Option<Entered> {
    Context::without_status().map(Context::enter)
}

/// A stage behind a trait object: the futures of cached functions stay small, and the compiler need not prove of each
/// of them that a whole store may be sent to another thread.
pub(super) struct Underway(Box<dyn Holds>);

trait Holds: Send + Sync {
    fn stage(&mut self) -> &mut Stage;
}

impl Holds for Stage {
    fn stage(&mut self) -> &mut Stage {
        self
    }
}

impl Underway {
    pub(super) fn new(ticket: Ticket) -> Self {
        Underway(Box::new(Stage {
            ticket,
            at: At::Boarding,
        }))
    }

    pub(super) fn stage(&mut self) -> &mut Stage {
        self.0.stage()
    }
}

impl Ticket {
    /// What is known of a value at the end of its load.
    pub(super) fn facts<V: 'static>(&self, lead: &Lead, value: &V) -> Facts {
        let nanos = lead.flight.began.elapsed(clock::precise());
        self.store.counters.add_many(Counter::LoadNanos, nanos);
        self.store.facts(
            &self.policy,
            &lead.flight.origin(),
            self.key.as_any(),
            value,
        )
    }

    /// Ends a load that came to a value: stores it, unless it must not be, and hands it to those who wait.
    pub(super) fn succeed(&self, lead: Lead, resident: Resident, may_store: bool) {
        self.settle(&lead, &resident, may_store);
        lead.land(Outcome::Answered(resident));
    }

    /// Ends a load that came to an error: a failure, for which an old answer may stand in, or the source's
    /// last word. Whether the taker has such an old answer.
    pub(super) fn fail(
        &self,
        lead: Lead,
        shared: Option<Failure>,
        is_failure: bool,
        taker: &dyn Taker,
        remember: &dyn Fn(Facts, Failure) -> Option<Resident>,
    ) -> bool {
        self.store.counters.add(Counter::LoadError);
        let stands_in = is_failure && self.stand_in(taker);
        let better = is_failure && self.store.has_useful(&self.policy, &self.query());
        let kept = shared
            .clone()
            .filter(|_| self.policy.error_ttl > 0 && !better)
            .and_then(|failure| remember(Facts::new(lead.flight.origin(), Kind::Failure), failure));
        match kept {
            Some(resident) => {
                let fate = self.settle(&lead, &resident, true);
                if !is_failure && fate == Fate::Unwanted {
                    // Switched off meanwhile: the old answer is no longer true all the same.
                    self.store.invalidate(&self.query());
                }
            }
            None if is_failure => self.store.abandon(&lead.flight),
            None => self.store.retract(&self.query(), &lead.flight),
        }
        lead.land(shared.map_or(Outcome::FailedAlone, Outcome::Failed));
        stands_in
    }

    fn settle(&self, lead: &Lead, resident: &Resident, may_store: bool) -> Fate {
        let facts = resident.0.facts();
        let lifetime = self.policy.lifetime(&facts, self.store.ttl_set());
        let answer = (may_store && lifetime > 0).then_some(resident);
        let fate = self
            .store
            .complete(&self.policy, &self.query(), &lead.flight, answer);
        self.record(|status| {
            status.stored = fate == Fate::Stored;
            if status.stored && lifetime != NEVER {
                let age = facts.origin.began.elapsed(clock::precise());
                status.ttl = Some(Duration::from_nanos(lifetime.saturating_sub(age)));
            }
        });
        fate
    }
}
