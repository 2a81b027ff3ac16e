//! The second half of a call: the body, or the wait for somebody else's.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll, ready};
use std::time::Duration;

use pin_project_lite::pin_project;

use super::lead::Lead;
use super::ticket::{Joined, Next, Ticket};
use crate::Stored;
use crate::clock;
use crate::entry::{Facts, Kind, Pair, Resident};
use crate::flight::Outcome;
use crate::key::Key;
use crate::policy::NEVER;
use crate::shape::Shape;
use crate::stats::Counter;
use crate::store::{Exactly, Fate, Origin, Query};

pin_project! {
    /// A call that runs its body, or waits for the load of another call. It is `Send` when the body is.
    #[must_use = "futures do nothing unless polled"]
    pub struct Load<K, S: Shape, F> {
        // Which errors are failures; the others are the source's last word.
        judge: Option<Judge<S>>,
        stage: Stage<K>,
        #[pin]
        body: F,
    }
}

/// What `stale_if_error_when` says.
pub(super) type Judge<S> = fn(&<S as Shape>::Error) -> bool;

enum Stage<K> {
    /// The body runs; nothing else happens.
    Alone,
    Boarding(Ticket<K>),
    Waiting(Ticket<K>, Joined),
    Loading(Ticket<K>, Lead),
    Over,
}

impl<K, S: Shape, F: Future<Output = S::Return>> Load<K, S, F> {
    pub(super) fn new(judge: Option<Judge<S>>, ticket: Option<Ticket<K>>, body: F) -> Self {
        Load {
            judge,
            stage: ticket.map_or(Stage::Alone, Stage::Boarding),
            body,
        }
    }
}

impl<K: Key, S: Shape<Value: Stored>, F: Future<Output = S::Return>> Future for Load<K, S, F> {
    type Output = S::Return;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<S::Return> {
        let mut this = self.project();
        loop {
            // Out of its place while it is worked on: a panic leaves nothing behind that holds the key.
            match std::mem::replace(this.stage, Stage::Over) {
                Stage::Alone => {
                    let polled = this.body.as_mut().poll(cx);
                    if polled.is_pending() {
                        *this.stage = Stage::Alone;
                    }
                    return polled;
                }
                Stage::Boarding(ticket) => {
                    *this.stage = match ticket.board::<S>() {
                        Next::Answer(answer) => return Poll::Ready(answer),
                        Next::Wait(joined) => Stage::Waiting(ticket, joined),
                        Next::Lead(lead) => Stage::Loading(ticket, lead),
                        Next::Alone => Stage::Alone,
                    };
                }
                Stage::Waiting(mut ticket, mut joined) => match joined.poll(cx) {
                    Poll::Pending => {
                        *this.stage = Stage::Waiting(ticket, joined);
                        return Poll::Pending;
                    }
                    Poll::Ready((flight, joins)) => {
                        drop(joined);
                        if let Some(answer) = ticket.landed::<S>(&flight, joins) {
                            return Poll::Ready(answer);
                        }
                        *this.stage = Stage::Boarding(ticket);
                    }
                },
                Stage::Loading(ticket, lead) => {
                    let polled = {
                        let _inside = lead.enter();
                        this.body.as_mut().poll(cx)
                    };
                    return match polled {
                        Poll::Pending => {
                            *this.stage = Stage::Loading(ticket, lead);
                            Poll::Pending
                        }
                        Poll::Ready(answer) => {
                            Poll::Ready(ticket.finish::<S>(lead, answer, *this.judge))
                        }
                    };
                }
                Stage::Over => panic!("a cached call was polled after it had finished"),
            }
        }
    }
}

impl<K: Key> Ticket<K> {
    /// Stores what a load came to and tells those who wait.
    fn finish<S: Shape<Value: Stored>>(
        self,
        lead: Lead,
        answer: S::Return,
        judge: Option<Judge<S>>,
    ) -> S::Return {
        match S::split(answer) {
            Ok(value) => {
                let kept = value.clone();
                let nanos = lead.flight.began.elapsed(clock::precise());
                self.call.store.counters.add_many(Counter::LoadNanos, nanos);
                let may_store = self.call.policy.may_store(&kept);
                let origin = lead.origin();
                let facts = self
                    .call
                    .store
                    .facts(&self.call.policy, &origin, &self.key, &kept);
                self.settle::<S::Value>(lead, facts, Ok(kept), may_store);
                S::wrap(value)
            }
            Err(error) => {
                let is_failure = judge.is_none_or(|judge| judge(&error));
                self.fail::<S>(lead, error, is_failure)
            }
        }
    }

    /// Ends a load that came to an error: a failure, for which an old answer may stand in, or the source's
    /// last word.
    fn fail<S: Shape<Value: Stored>>(
        self,
        lead: Lead,
        error: S::Error,
        is_failure: bool,
    ) -> S::Return {
        let call = &self.call;
        call.store.counters.add(Counter::LoadError);
        let shared = S::share(&error);
        if !is_failure {
            call.store.retract(
                &Query {
                    hash: lead.flight.hash,
                    probe: &Exactly(&self.key),
                },
                &lead.flight,
            );
        }
        if is_failure && let Some(old) = self.stand_in::<S>() {
            call.store.abandon(&lead.flight);
            lead.land(shared.map_or(Outcome::FailedAlone, Outcome::Failed));
            return old;
        }
        match shared {
            Some(failure) if call.policy.error_ttl > 0 => {
                let facts = facts_of_failure(&lead.origin());
                self.settle::<S::Value>(lead, facts, Err(failure), true);
            }
            failure => {
                call.store.abandon(&lead.flight);
                lead.land(failure.map_or(Outcome::FailedAlone, Outcome::Failed));
            }
        }
        S::fail(error)
    }

    /// Stores an answer, unless it must not be, and hands it to those who wait.
    fn settle<V: Stored>(
        self,
        lead: Lead,
        facts: Facts,
        answer: Result<V, crate::error::Failure>,
        may_store: bool,
    ) {
        let Ticket { call, key } = self;
        let outcome = answer.as_ref().err().cloned();
        let resident = Resident::new(facts, Pair { key, answer });
        let query = Query {
            hash: facts.hash,
            probe: &resident,
        };
        call.settle(&lead, &query, &resident, may_store);
        lead.land(match outcome {
            Some(failure) => Outcome::Failed(failure),
            None => Outcome::Answered(resident),
        });
    }
}

/// What is known of an error at the end of its load.
fn facts_of_failure(origin: &Origin) -> Facts {
    Facts {
        hash: origin.hash,
        loaded_at: origin.began,
        serial: origin.serial,
        kind: Kind::Failure,
        own_ttl: None,
        jitter: 0,
        weight: 1,
    }
}

impl super::ticket::Call {
    fn settle(&self, lead: &Lead, query: &Query<'_>, resident: &Resident, may_store: bool) {
        let lifetime = self
            .policy
            .lifetime(&resident.0.facts, self.store.ttl_set());
        let answer = (may_store && lifetime > 0).then_some(resident);
        let fate = self
            .store
            .complete(&self.policy, query, &lead.flight, answer);
        self.record(|status| {
            status.stored = fate == Fate::Stored;
            if status.stored && lifetime != NEVER {
                let age = resident.0.facts.loaded_at.elapsed(clock::precise());
                status.ttl = Some(Duration::from_nanos(lifetime.saturating_sub(age)));
            }
        });
    }
}

pin_project! {
    /// The answer of a call: there at once, or loaded.
    #[must_use = "futures do nothing unless polled"]
    pub struct Resolve<K, S: Shape, F> {
        answer: Option<S::Return>,
        #[pin]
        load: Option<Load<K, S, F>>,
    }
}

impl<K, S: Shape, F> Resolve<K, S, F> {
    pub(super) fn ready(answer: S::Return) -> Self {
        Resolve {
            answer: Some(answer),
            load: None,
        }
    }

    pub(super) fn pending(load: Load<K, S, F>) -> Self {
        Resolve {
            answer: None,
            load: Some(load),
        }
    }
}

impl<K: Key, S: Shape<Value: Stored>, F: Future<Output = S::Return>> Future for Resolve<K, S, F> {
    type Output = S::Return;

    fn poll(self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<S::Return> {
        let this = self.project();
        if let Some(answer) = this.answer.take() {
            return Poll::Ready(answer);
        }
        match this.load.as_pin_mut() {
            Some(load) => Poll::Ready(ready!(load.poll(cx))),
            None => panic!("a cached call was polled after it had finished"),
        }
    }
}
