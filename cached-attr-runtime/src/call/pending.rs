//! How far a call is: everything about it but its body and its types.

use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Waker};

use tokio::runtime::Handle;

use super::deadline::Deadline;
use super::follower::{Follower, Wakeup};
use super::leader::{Around, Leader};
use super::load_context::LoadNotes;
use super::request::{Request, time_left};
use super::trace::LoadSpan;
use crate::background::Permit;
use crate::context::{Context, Entered};
use crate::counters::Counter;
use crate::store::{AnswerSink, Claim, ClaimRequest, Flight, Outcome, Tag, Wait};

/// How many joined loads may fail with errors that cannot be shared before a call runs its body itself: nobody waits in
/// line behind failing loads.
const JOINED_FAILURES: u8 = 2;

/// A call that found no answer in memory.
pub(super) struct PendingCall {
    pub(super) request: Request,
    pub(super) phase: Phase,
    /// Joined loads that failed with an error this call could not share.
    failures: u8,
    /// When the body has run for as long as it may, once it has begun.
    pub(super) hard: Option<Deadline>,
    /// When a stale answer is served instead.
    pub(super) soft: Option<Deadline>,
    /// Where the load belongs to no call.
    pub(super) background: Option<Permit>,
}

pub(super) enum Phase {
    /// It claims the key in this poll.
    Joining,
    /// The same, but the load that it waited for was cancelled.
    TakingOver,
    Waiting(Follower),
    Leading(Leader),
    /// The body runs by itself, and is not stored.
    Uncached(LoadSpan),
}

/// What the call does next.
pub(super) enum Progress {
    Pending,
    /// The sink has the answer.
    Answered,
    /// The body is polled.
    RunBody,
}

impl PendingCall {
    /// A call that claims its key when it is polled.
    pub(super) fn joining(request: Request) -> Self {
        PendingCall::new(request, Phase::Joining, None)
    }

    /// A load that belongs to no call.
    pub(super) fn in_background(request: Request, flight: Arc<Flight>, permit: Permit) -> Self {
        let mut leader = Leader::new(&request, flight);
        leader.move_to_background(&request.policy);
        PendingCall::new(request, Phase::Leading(leader), Some(permit))
    }

    fn new(request: Request, phase: Phase, background: Option<Permit>) -> Self {
        PendingCall {
            request,
            phase,
            failures: 0,
            hard: None,
            soft: None,
            background,
        }
    }

    /// Gives the load that this call may run its tags.
    pub(super) fn set_tags(&mut self, tags: Vec<Tag>) {
        if let Phase::Leading(leader) = &self.phase {
            for tag in &tags {
                self.request.store.add_tag(&leader.flight, tag);
            }
        }
        self.request.tags = tags;
    }

    /// Lets the code of the load that this call may run say how its answer is kept.
    pub(super) fn set_notes(&mut self, notes: &Arc<LoadNotes>) {
        self.request.notes = Some(Arc::clone(notes));
        if let Phase::Leading(leader) = &self.phase {
            self.begin_notes(&leader.flight);
        }
    }

    /// The notes of the load that this call may run, made where it has none.
    #[cfg(feature = "shared")]
    pub(super) fn shared_notes(&mut self) -> Arc<LoadNotes> {
        if self.request.notes.is_none() {
            self.set_notes(&Arc::default());
        }
        self.request.notes.clone().unwrap_or_default()
    }

    fn begin_notes(&self, flight: &Arc<Flight>) {
        let request = &self.request;
        if let Some(notes) = &request.notes {
            notes.begin(request.noted_load(flight, self.background.is_some()));
        }
    }

    /// Goes as far as it can without the body.
    pub(super) fn advance(&mut self, cx: &mut TaskContext<'_>, sink: &dyn AnswerSink) -> Progress {
        loop {
            match &mut self.phase {
                Phase::Joining => match self.claim(true, sink) {
                    Some(phase) => self.phase = phase,
                    None => return Progress::Answered,
                },
                // All who waited are woken together, and may have a deadline together: it is looked at before one of
                // them begins a load that would be dropped at once.
                Phase::TakingOver => match self.claim(false, sink) {
                    Some(Phase::Joining) => {
                        self.phase = Phase::Joining;
                        cx.waker().wake_by_ref();
                        return Progress::Pending;
                    }
                    Some(phase) => self.phase = phase,
                    None => return Progress::Answered,
                },
                Phase::Waiting(follower) => {
                    let Poll::Ready(end) = follower.poll(cx) else {
                        return Progress::Pending;
                    };
                    let flight = Arc::clone(&follower.flight);
                    let joined = follower.joined;
                    if !matches!(end, Wakeup::SoftTimeout) {
                        // The wait is over, also for the wait graph, before the answer is taken.
                        self.phase = Phase::Joining;
                    }
                    match end {
                        Wakeup::SoftTimeout => {
                            if self.request.serve_while_loading(&flight, sink) {
                                return Progress::Answered;
                            }
                        }
                        Wakeup::Stalled => self.phase = self.uncached(),
                        Wakeup::Overdue => self.request.store.abandon(&flight),
                        Wakeup::Ended => {
                            if let Some(marks) = joined
                                && self.take_outcome(&flight, marks, sink)
                            {
                                return Progress::Answered;
                            }
                        }
                    }
                }
                Phase::Leading(_) | Phase::Uncached(_) => return Progress::RunBody,
            }
        }
    }

    /// Finds the load of the key, or begins it where the call leads. None where the sink has an answer.
    fn claim(&self, leads: bool, sink: &dyn AnswerSink) -> Option<Phase> {
        let mut claim = self.claim_from(true, leads);
        if let Claim::Cached(entry, left) = &claim {
            if sink.accept(&entry.0.pair) {
                self.collapsed();
                self.request.record(|status| status.ttl = time_left(*left));
                return None;
            }
            // Another function's error, in a cache that both use: it says nothing here.
            claim = self.claim_from(false, leads);
        }
        Some(match claim {
            Claim::Lead(flight) => {
                self.request.count_load();
                let leader = Leader::new(&self.request, flight);
                self.begin_notes(&leader.flight);
                Phase::Leading(leader)
            }
            Claim::Follow(flight, marks) => self.follow(flight, Some(marks)),
            Claim::WaitThenRetry(flight) => self.follow(flight, None),
            Claim::Unclaimed => Phase::Joining,
            Claim::Cached(..) => self.uncached(),
        })
    }

    fn claim_from(&self, reads: bool, leads: bool) -> Claim {
        let Request {
            store,
            policy,
            freshness,
            joins,
            key,
            tags,
            ..
        } = &self.request;
        let claim = ClaimRequest {
            freshness: *freshness,
            joins: *joins,
            key,
            reads,
            leads,
            tags,
            names_tags: self.request.notes.is_some(),
            running: self.request.running.as_ref(),
            limit: policy.timeout,
        };
        store.claim(policy, &self.request.query(), &claim)
    }

    /// Waits for a flight, unless that flight waits for this call's own load.
    fn follow(&self, flight: Arc<Flight>, joined: Option<usize>) -> Phase {
        let around = self.request.context.load.as_ref();
        let wait = around.map(|around| Wait::begin(around, &flight.running));
        match wait {
            Some(None) => self.uncached(),
            wait => Phase::Waiting(Follower::new(&self.request, flight, joined, wait.flatten())),
        }
    }

    fn uncached(&self) -> Phase {
        self.request.count(Counter::Load);
        Phase::Uncached(LoadSpan::new(&self.request.store))
    }

    /// Whether the end of an awaited flight gave this call its answer; else it goes on in the next phase.
    fn take_outcome(&mut self, flight: &Flight, marks: usize, sink: &dyn AnswerSink) -> bool {
        let accepted = match flight.outcome() {
            Some(Outcome::Cancelled) | None => {
                self.phase = Phase::TakingOver;
                return false;
            }
            // A tag of that load was invalidated before this call joined it.
            Some(_) if flight.tags.refuses(marks) => return false,
            Some(Outcome::Answered(entry)) => sink.accept(&entry.0.pair),
            Some(Outcome::Failed(_) | Outcome::FailedUnshared)
                if self.request.serve_after_failure(flight, sink) =>
            {
                return true;
            }
            #[cfg(feature = "shared")]
            Some(Outcome::Stale(entry)) => {
                let served = sink.accept(&entry.0.pair);
                if served {
                    self.request.count(Counter::Stale);
                    self.request.count(Counter::StaleWhileRevalidate);
                    self.request.record(|status| status.stale = true);
                }
                served
            }
            Some(Outcome::Failed(failure)) => sink.accept_failure(failure),
            Some(Outcome::FailedUnshared) => false,
        };
        if accepted {
            self.collapsed();
        } else {
            self.request.count(Counter::UnsharedError);
            self.failures += 1;
            if self.failures >= JOINED_FAILURES {
                self.phase = self.uncached();
            }
        }
        accepted
    }

    fn collapsed(&self) {
        self.request.count(Counter::Collapsed);
        self.request.record(|status| status.collapsed = true);
    }

    /// Whether the body's answer may be stored and shared.
    pub(super) fn is_leading(&self) -> bool {
        matches!(self.phase, Phase::Leading(_))
    }

    /// Begins a poll of the body: the waker that it gets, if not the task's own, and its context while the guard lives.
    pub(super) fn begin_poll(&mut self, waker: &Waker) -> (Option<Waker>, Option<Around<'_>>) {
        match &mut self.phase {
            Phase::Leading(leader) => {
                let (waker, entered) = leader.begin_poll(waker);
                (Some(waker), Some(entered))
            }
            Phase::Uncached(span) => (None, Some(Around::alone(span))),
            _ => (None, None),
        }
    }

    /// The body has been polled, and is not done.
    pub(super) fn end_poll(&self) {
        if let Phase::Leading(leader) = &self.phase {
            leader.end_poll();
        }
    }

    /// Where the load runs, if it belongs to no call.
    pub(super) fn runtime(&self) -> Option<&Handle> {
        self.background.as_ref().map(Permit::runtime)
    }

    /// The body is done: the load, if it was one, has to be completed.
    pub(super) fn end(&mut self) -> Option<Leader> {
        match std::mem::replace(&mut self.phase, Phase::Uncached(LoadSpan::none())) {
            Phase::Leading(leader) => Some(leader),
            _ => None,
        }
    }
}

/// The context of a body that is not a load: what it calls is not the outermost call.
pub(super) fn enter_alone() -> Option<Entered<Context>> {
    Context::without_status().map(Entered::new)
}
