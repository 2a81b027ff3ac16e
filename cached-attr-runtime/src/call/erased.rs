//! A pending call behind a trait object.

use std::sync::Arc;

use super::pending::PendingCall;
use super::request::Request;
use crate::background::Permit;
use crate::store::Flight;

/// The futures of cached functions stay small, and the compiler need not prove of each of them that a whole store may be
/// sent to another thread.
pub(super) struct ErasedCall(Box<dyn Erased>);

trait Erased: Send + Sync {
    fn call(&mut self) -> &mut PendingCall;
}

impl Erased for PendingCall {
    fn call(&mut self) -> &mut PendingCall {
        self
    }
}

impl ErasedCall {
    pub(super) fn new(request: Request) -> Self {
        ErasedCall(Box::new(PendingCall::joining(request)))
    }

    /// A load that belongs to no call.
    pub(super) fn in_background(request: Request, flight: Arc<Flight>, permit: Permit) -> Self {
        ErasedCall(Box::new(PendingCall::in_background(
            request, flight, permit,
        )))
    }

    pub(super) fn call(&mut self) -> &mut PendingCall {
        self.0.call()
    }
}
