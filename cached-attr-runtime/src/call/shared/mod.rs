//! A load of a `shared` function: first the tier, then the body, then the tier again.
//!
//! It is a future around the body, so that all that holds for a body holds for the tier as well: it is polled by the
//! leader alone, dropped with its call, bounded by `timeout`, and may go on in the background.
//!
//! What is generic here is thin: a value is taken out of its box, or passed on to be encoded.

mod batch;
mod end;
mod lead;
mod load;
mod look_up;
mod next;

use std::future::Future;
use std::ops::ControlFlow;
use std::sync::Arc;

use tokio::task::yield_now;

use super::end::IsFailure;
use super::load_context::LoadNotes;
use crate::CacheValue;
use crate::error::Failure;
use crate::return_type::ShareError;

pub(super) use batch::{Leases, around_all, read_together};
pub(super) use load::TierLoad;
pub(super) use next::{Led, LookUp, Next};

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
    let led = match load.look_up(adopts::<S>).await.answer::<S>() {
        ControlFlow::Break(answer) => return answer,
        ControlFlow::Continue(led) => led,
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

/// Whether the error of another load can be this one's.
pub(super) fn adopts<S: ShareError>(failure: &Failure) -> bool {
    S::adopt(failure).is_some()
}
