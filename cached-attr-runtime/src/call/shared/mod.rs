//! A load of a `shared` function: first the tier, then the body, then the tier again.
//!
//! It is a future around the body, so that all that holds for a body holds for the tier as well: it is polled by the
//! leader alone, dropped with its call, bounded by `timeout`, and may go on in the background.
//!
//! What is generic here is thin: a value is taken out of its box, or passed on to be encoded.

mod end;
mod lead;
mod load;
mod look_up;

use std::future::Future;
use std::sync::Arc;

use tokio::task::yield_now;

use super::end::IsFailure;
use super::load_context::LoadNotes;
use crate::CacheValue;
use crate::entry::SharedEntry;
use crate::return_type::ShareError;
use load::TierLoad;
use look_up::Next;

/// The body of a call that may load.
pub(super) async fn around<S, F>(
    notes: Option<Arc<LoadNotes>>,
    is_failure: Option<IsFailure<S>>,
    body: F,
) -> S::Return
where
    S: ShareError<Value: CacheValue>,
    F: Future<Output = S::Return>,
{
    let Some(load) = notes.and_then(TierLoad::begin) else {
        return body.await;
    };
    let mut next = load.look_up(false).await;
    if let Next::Failed(failure) = &next {
        match S::adopt(failure).map(S::fail) {
            Some(answer) => return answer,
            // Nobody waits in line behind failing loads.
            None => next = load.look_up(true).await,
        }
    }
    let led = match next {
        Next::Load(led) => led,
        Next::Answer(value) => match value.as_any().downcast_ref::<S::Value>() {
            Some(value) => return S::wrap(value.clone()),
            None => None,
        },
        Next::Joined(entry) => match value_of::<S::Value>(&entry) {
            Some(value) => return S::wrap(value),
            None => None,
        },
        Next::Failed(_) => None,
    };
    if load.serves_stale() {
        // The stale answer first, whatever the body comes to: see `PendingCall::overdue`.
        yield_now().await;
    }
    load.count_load();
    let (answer, end) = match S::split(body.await) {
        Ok(value) => {
            let filled = load.fill(led, &value);
            (S::wrap(value), filled)
        }
        Err(error) => {
            let is_failure = is_failure.is_none_or(|is_failure| is_failure(&error));
            (S::fail(error), load.fail(led, is_failure))
        }
    };
    if let Some(end) = end {
        end.await;
    }
    answer
}

fn value_of<V: CacheValue>(entry: &SharedEntry) -> Option<V> {
    entry.0.pair.value()?.downcast_ref().cloned()
}
