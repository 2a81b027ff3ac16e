//! What a look-up comes to: an answer, or the body under a lease.

use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;

use crate::CacheValue;
use crate::entry::SharedEntry;
use crate::error::Failure;
use crate::return_type::ShareError;
use crate::shared::AnyValue;
use crate::store::Store;
use crate::tier::{HeldLease, Token};

/// What a load does next.
pub(in crate::call) enum Next {
    /// This is its answer.
    Answer(Box<dyn AnyValue>),
    /// This is, from another load of this process.
    Joined(SharedEntry),
    /// That load has failed.
    Failed(Failure),
    /// The body runs, under a lease if there is one.
    Load(Option<Led>),
}

/// A look-up under way.
pub(in crate::call) type LookUp = Pin<Box<dyn Future<Output = Next> + Send>>;

impl Next {
    /// The function's answer; else the body runs, under a lease if there is one.
    pub(in crate::call) fn answer<S>(self) -> ControlFlow<S::Return, Option<Led>>
    where
        S: ShareError<Value: CacheValue>,
    {
        let answer = match self {
            Next::Load(led) => return ControlFlow::Continue(led),
            Next::Answer(value) => value.as_any().downcast_ref().cloned().map(S::wrap),
            Next::Joined(entry) => answer_of::<S>(&entry),
            Next::Failed(failure) => S::adopt(&failure).map(S::fail),
        };
        answer.map_or(ControlFlow::Continue(None), ControlFlow::Break)
    }
}

fn answer_of<S: ShareError<Value: CacheValue>>(entry: &SharedEntry) -> Option<S::Return> {
    let pair = &entry.0.pair;
    if let Some(failure) = pair.failure() {
        return S::adopt(failure).map(S::fail);
    }
    let value: &S::Value = pair.value()?.downcast_ref()?;
    Some(S::wrap(value.clone()))
}

/// A lease, and its place among those of the process.
pub(in crate::call) struct Led {
    pub(super) lease: HeldLease,
    pub(super) listed: Listed,
}

/// While it lives, others find the load by its lease.
pub(super) struct Listed {
    pub(super) store: Arc<Store>,
    pub(super) token: Token,
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.store.tier_state.running().remove(&self.token);
    }
}
