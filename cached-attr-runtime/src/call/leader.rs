//! Leading a load: whatever becomes of it, the key is freed and those who wait are woken.

use std::sync::Arc;
use std::task::Waker;

use super::request::Request;
use super::trace::{EnteredSpan, LoadSpan};
use crate::context::{Context, Entered};
use crate::policy::Policy;
use crate::store::{Flight, Outcome, Query, Store, Wait};

/// The claim of a call on its key. Dropped before [`Leader::complete`], it frees the key: the call was cancelled, or the
/// body panicked.
///
/// It says nothing about where the body is polled: whoever holds it may.
pub(super) struct Leader {
    store: Arc<Store>,
    pub(super) flight: Arc<Flight>,
    /// Around the body.
    context: Context,
    span: LoadSpan,
    completed: bool,
    /// Runs in the background: under the policy that says how long the source is left alone after a panic.
    background: Option<Arc<Policy>>,
    /// The load around this one waits for it.
    wait: Option<Wait>,
}

impl Leader {
    pub(super) fn new(request: &Request, flight: Arc<Flight>) -> Self {
        let context = &request.context;
        let wait = context
            .load
            .as_ref()
            .and_then(|around| Wait::begin(around, &flight.running));
        Leader {
            store: Arc::clone(&request.store),
            context: Context {
                load: Some(Arc::clone(&flight.running)),
                status: None,
                ..context.clone()
            },
            span: LoadSpan::of_flight(&request.store, &flight),
            flight,
            completed: false,
            background: None,
            wait,
        }
    }

    /// From here on the load belongs to no call.
    pub(super) fn move_to_background(&mut self, policy: &Arc<Policy>) {
        self.background = Some(Arc::clone(policy));
        self.wait = None;
        self.flight.set_limit(policy.background_limit());
        self.flight.running.end();
    }

    /// Begins a poll of the body: it gets the waker, and this load is its context while the guard lives.
    pub(super) fn begin_poll(&mut self, waker: &Waker) -> (Waker, Around<'_>) {
        let waker = self.flight.running.begin_poll(waker);
        (waker, Around::load(&mut self.context, &self.span))
    }

    /// The body has been polled, and is not done.
    pub(super) fn end_poll(&self) {
        self.flight.running.end_poll();
    }

    /// Wakes everyone who waits. The flight must have left the store's table.
    pub(super) fn complete(mut self, outcome: Outcome) {
        self.completed = true;
        LoadSpan::end(&self.flight);
        self.flight.running.end();
        self.flight.complete(outcome);
    }
}

/// What is around a body while it is polled.
pub(super) struct Around<'a> {
    _load: Option<Entered<&'a mut Context>>,
    _alone: Option<Entered<Context>>,
    _span: EnteredSpan<'a>,
}

impl<'a> Around<'a> {
    /// Around that of a load.
    fn load(context: &'a mut Context, span: &'a LoadSpan) -> Self {
        Around {
            _load: Some(Entered::new(context)),
            _alone: None,
            _span: span.enter(),
        }
    }

    /// Around one that runs by itself: what it calls is not the outermost call.
    pub(super) fn alone(span: &'a LoadSpan) -> Self {
        Around {
            _load: None,
            _alone: Context::without_status().map(Entered::new),
            _span: span.enter(),
        }
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        if self.completed {
            return;
        }
        LoadSpan::end(&self.flight);
        // After a panic each waiter in turn would run a body that panics, and would wait for all before it. A panic
        // elsewhere in the task only cancels this call.
        let outcome = if self.flight.running.is_working() {
            Outcome::FailedUnshared
        } else {
            Outcome::Cancelled
        };
        self.flight.running.end();
        if let (Some(policy), Outcome::FailedUnshared) = (&self.background, &outcome) {
            // Nobody's call has panicked: each that is served a stale answer would begin the next one.
            let query = Query {
                hash: self.flight.info.hash,
                matcher: &self.flight.key,
            };
            self.store.fail(policy, &query, &self.flight);
        }
        self.store.cancel(&self.flight, outcome);
    }
}
