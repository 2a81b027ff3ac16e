//! Bodies that take too long: they are given up, or a stale answer is served in their place.

use std::task::Context as TaskContext;

use super::deadline::Deadline;
use super::pending::{PendingCall, Phase};
use super::request::Request;
use crate::background::Permit;
use crate::clock;
use crate::counters::Counter;
use crate::store::{AnswerSink, Flight};

/// What becomes of a body that is not done.
pub(super) enum Overdue {
    No,
    /// The sink has a stale answer; the body goes on in the background.
    MovesToBackground,
    /// The sink has a stale answer; the body is dropped.
    #[cfg_attr(
        not(feature = "shared"),
        allow(dead_code, reason = "stale records are the tier's")
    )]
    Served,
    /// It is dropped.
    TimedOut,
}

impl PendingCall {
    /// Whether a body that is not done has run for too long. `movable`: it can go on in the background.
    pub(super) fn overdue(
        &mut self,
        cx: &mut TaskContext<'_>,
        sink: &dyn AnswerSink,
        movable: bool,
    ) -> Overdue {
        let began = || match &self.phase {
            Phase::Leading(leader) => leader.flight.info.began,
            _ => clock::precise(),
        };
        let limit = self.limit();
        let hard = self
            .hard
            .get_or_insert_with(|| Deadline::after(began(), limit));
        if hard.has_passed(cx) {
            self.request.count(Counter::TimedOut);
            return Overdue::TimedOut;
        }
        let movable = movable && self.background.is_none() && !self.request.freshness.refreshes();
        let soft = if movable {
            self.request.policy.soft_timeout
        } else {
            0
        };
        let soft = self
            .soft
            .get_or_insert_with(|| Deadline::after(began(), soft));
        let soft_passed = soft.has_passed(cx);
        #[cfg(feature = "shared")]
        if movable && self.request.revalidates() {
            return self.revalidate(sink);
        }
        if soft_passed && self.move_to_background(sink, Request::serve_while_loading) {
            return Overdue::MovesToBackground;
        }
        Overdue::No
    }

    /// How long the body may take, in nanoseconds; zero for no limit.
    pub(super) fn limit(&self) -> u64 {
        match &self.phase {
            Phase::Leading(leader) => leader.flight.limit(),
            _ => self.request.policy.timeout,
        }
    }

    /// Takes the load away from its call, if there is a stale answer for that.
    fn move_to_background(
        &mut self,
        sink: &dyn AnswerSink,
        serve: fn(&Request, &Flight, &dyn AnswerSink) -> bool,
    ) -> bool {
        let Phase::Leading(leader) = &mut self.phase else {
            return false;
        };
        let Some(permit) = Permit::acquire(&self.request.store) else {
            self.request.count(Counter::RefreshSkipped);
            return false;
        };
        if !serve(&self.request, &leader.flight, sink) {
            return false;
        }
        leader.move_to_background(&self.request.policy);
        self.request.trace.end();
        self.request.context = self.request.context.in_background();
        self.background = Some(permit);
        // With the limit of a load in the background.
        self.hard = None;
        true
    }

    /// The load has found a stale record: serves it, and goes on in the background if it can.
    #[cfg(feature = "shared")]
    fn revalidate(&mut self, sink: &dyn AnswerSink) -> Overdue {
        if self.move_to_background(sink, Request::serve_revalidated) {
            return Overdue::MovesToBackground;
        }
        match &self.phase {
            Phase::Leading(leader) if self.request.serve_revalidated(&leader.flight, sink) => {
                Overdue::Served
            }
            _ => Overdue::No,
        }
    }
}
