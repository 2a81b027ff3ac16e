//! Waiting for another call's load.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};

use super::deadline::Deadline;
use super::request::Request;
use super::trace::LoadSpan;
use crate::store::{Flight, PollingTask, Stalled, Wait, Watch, stalled};

/// In how many polls in a row a load must be found woken and not polled. A set of futures may poll one that wakes itself
/// more than once before it comes to the next.
const STALLED_SIGHTINGS: u8 = 4;

/// A wait for another call's load.
pub(super) struct Follower {
    pub(super) flight: Arc<Flight>,
    ended: Pin<Box<dyn Future<Output = ()> + Send + Sync>>,
    /// Its answer is for this caller, who joined when the load had so many [marks](crate::store::Flight::tags); else the
    /// caller only waits for its end.
    pub(super) joined: Option<usize>,
    /// When a stale answer is served instead.
    soft: Deadline,
    /// When the load should have ended: whoever polls it has stopped doing so.
    hard: Deadline,
    watch: Watch,
    /// What a look at the wait graph has found in the last poll, and in how many polls before it.
    stalled: Option<Stalled>,
    sightings: u8,
    _wait: Option<Wait>,
}

pub(super) enum Wakeup {
    Ended,
    /// It is time for a stale answer.
    SoftTimeout,
    /// The load has not ended in the time it may take.
    Overdue,
    /// The load can be polled by this task alone, which waits here.
    Stalled,
}

impl Follower {
    pub(super) fn new(
        request: &Request,
        flight: Arc<Flight>,
        joined: Option<usize>,
        wait: Option<Wait>,
    ) -> Self {
        LoadSpan::link_follower(&flight);
        let policy = &request.policy;
        let began = flight.info.began;
        let serves_stale = joined.is_some() && !request.freshness.refreshes();
        // What the load may take, not what one of this caller's may: they differ where two functions use one cache.
        let limit = match flight.limit() {
            0 => policy.timeout,
            limit => limit,
        };
        Follower {
            joined,
            soft: Deadline::after(began, if serves_stale { policy.soft_timeout } else { 0 }),
            // Later than whoever polls it: that call ends it with an error.
            hard: Deadline::after(began, limit.saturating_add(limit / 8)),
            ..Follower::without_deadline(flight, wait)
        }
    }

    /// A wait for the end of a load, however long it takes: that of a load for another one of this process.
    pub(super) fn without_deadline(flight: Arc<Flight>, wait: Option<Wait>) -> Self {
        Follower {
            ended: Box::pin(Arc::clone(&flight).ended()),
            soft: Deadline::None,
            hard: Deadline::None,
            watch: Watch::new(&flight.running),
            flight,
            joined: None,
            stalled: None,
            sightings: 0,
            _wait: wait,
        }
    }

    pub(super) fn poll(&mut self, cx: &mut TaskContext<'_>) -> Poll<Wakeup> {
        if self.ended.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Wakeup::Ended);
        }
        if self.soft.has_passed(cx) {
            return Poll::Ready(Wakeup::SoftTimeout);
        }
        if self.hard.has_passed(cx) {
            return Poll::Ready(Wakeup::Overdue);
        }
        let found = stalled(&self.watch, PollingTask::current(), cx.waker());
        if found.is_none() || found != self.stalled {
            self.sightings = 0;
        }
        self.stalled = found;
        if found.is_some() {
            self.sightings += 1;
            if self.sightings > STALLED_SIGHTINGS {
                return Poll::Ready(Wakeup::Stalled);
            }
            // Its turn may come later in this very poll of the task, as in `join!`.
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    }
}
