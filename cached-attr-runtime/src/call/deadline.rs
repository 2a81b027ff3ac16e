//! Deadlines: when a load is given up, and when a stale answer is served in its place.

use std::future::Future;
use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Sleep, sleep};

use crate::clock::{self, NEVER, Stamp};

/// A moment after which a wait ends. It has none outside of a tokio runtime, whose timer wakes the task.
pub(super) enum Deadline {
    None,
    /// Over before the wait began: a timer would take up to a millisecond for that.
    Passed,
    At(Pin<Box<Sleep>>),
}

impl Deadline {
    /// So many nanoseconds after `began`; zero and [`NEVER`] are no deadline.
    pub(super) fn after(began: Stamp, limit: u64) -> Self {
        if limit == 0 || limit == NEVER || Handle::try_current().is_err() {
            return Deadline::None;
        }
        match limit.saturating_sub(began.elapsed(clock::precise())) {
            0 => Deadline::Passed,
            left => Deadline::At(Box::pin(sleep(Duration::from_nanos(left)))),
        }
    }

    /// Whether it has passed; if not, the task is woken when it does. From then on there is no deadline.
    pub(super) fn has_passed(&mut self, cx: &mut Context<'_>) -> bool {
        let passed = match self {
            Deadline::None => false,
            Deadline::Passed => true,
            Deadline::At(sleep) => sleep.as_mut().poll(cx).is_ready(),
        };
        if passed {
            *self = Deadline::None;
        }
        passed
    }
}
