//! Leading a load: whatever becomes of it, those who wait hear of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::request::Request;
use crate::context::{Context, Entered};
use crate::store::Store;
use crate::store::Wait;
use crate::store::{Flight, Outcome};

/// A load that this call runs. Dropped before [`Leader::land`], it frees its key: the call was cancelled, or
/// the body panicked.
pub(super) struct Leader {
    store: Arc<Store>,
    pub(super) flight: Arc<Flight>,
    context: Context,
    landed: bool,
    /// The body is being polled, or its answer looked at: dropped now, it has panicked.
    working: AtomicBool,
    /// The load around this one waits for it.
    _wait: Option<Wait>,
}

impl Leader {
    pub(super) fn new(call: &Request, flight: Arc<Flight>) -> Self {
        let wait = call
            .context
            .load
            .as_ref()
            .and_then(|around| Wait::begin(around, &flight));
        Leader {
            store: Arc::clone(&call.store),
            context: Context {
                load: Some(Arc::clone(&flight)),
                status: None,
                ..call.context.clone()
            },
            flight,
            landed: false,
            working: AtomicBool::new(false),
            _wait: wait,
        }
    }

    /// Makes this load the surroundings of what is polled while the guard lives.
    pub(super) fn enter(&self) -> Entered {
        self.working.store(true, Ordering::Relaxed);
        self.context.clone().enter()
    }

    /// The body has been polled, and is not done.
    pub(super) fn rest(&self) {
        self.working.store(false, Ordering::Relaxed);
    }

    /// Tells everyone who waits. The flight must have left the store's table.
    pub(super) fn land(mut self, outcome: Outcome) {
        self.landed = true;
        self.flight.land(outcome);
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        if self.landed {
            return;
        }
        self.store.abandon(&self.flight);
        // One after another waiter would run a body that panics; each would wait for all before it. A panic
        // elsewhere in the task only cancels this call.
        self.flight.land(if *self.working.get_mut() {
            Outcome::FailedUnshared
        } else {
            Outcome::Cancelled
        });
    }
}
