//! What a function under `#[leader]` returns where its body did not run, and when its body has failed.

use std::marker::PhantomData;
use std::ops::Deref;

use super::{Leader, Leadership};
use crate::__private::never;

/// A return type that can say that the body did not run: `Option<T>` is `None` then.
///
/// Also `()`, which says nothing, and a `Result` with such a type in its `Ok`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot say that the body did not run, as a function under `#[leader]` has to",
    label = "has no value for the processes that do not lead",
    note = "return `Option<{Self}>`: the body's value where it ran, `None` elsewhere; or `Result<Option<_>, E>` where it can fail",
    note = "nothing at all, `()` or `Result<(), E>`, will do if no caller has to know"
)]
pub trait LeaderReturn {
    /// What a call returns whose body did not run to its end.
    fn not_leader() -> Self;

    /// Whether the body has failed, so that no grace follows.
    fn failed(&self) -> bool;
}

impl<T> LeaderReturn for Option<T> {
    fn not_leader() -> Self {
        None
    }

    fn failed(&self) -> bool {
        false
    }
}

impl LeaderReturn for () {
    fn not_leader() -> Self {}

    fn failed(&self) -> bool {
        false
    }
}

impl<T: LeaderReturn, E> LeaderReturn for Result<T, E> {
    fn not_leader() -> Self {
        Ok(T::not_leader())
    }

    fn failed(&self) -> bool {
        self.as_ref().map_or(true, T::failed)
    }
}

/// What an election has to know of a return type.
#[derive(Debug)]
pub struct Outcome<R> {
    not_leader: fn() -> R,
    failed: fn(&R) -> bool,
}

/// A return type, in the order in which method lookup tries it: errors inside of an `Option`, any [`LeaderReturn`],
/// and a placeholder for a type that is none, which [`assert_leader`] reports.
#[derive(Debug)]
pub struct LeaderType<const STEP: u8, R>(PhantomData<fn() -> R>);

impl<R> LeaderType<0, R> {
    /// Where lookup begins.
    pub const NEW: Self = LeaderType(PhantomData);
}

impl<T, E> LeaderType<0, Option<Result<T, E>>> {
    /// Fails with the `Result` inside.
    #[must_use]
    pub fn cached_outcome(&self) -> Outcome<Option<Result<T, E>>> {
        Outcome {
            not_leader: || None,
            failed: |answer| matches!(answer, Some(Err(_))),
        }
    }
}

impl<R: LeaderReturn> LeaderType<1, R> {
    /// Fails as the type says.
    #[must_use]
    pub fn cached_outcome(&self) -> Outcome<R> {
        Outcome {
            not_leader: R::not_leader,
            failed: R::failed,
        }
    }
}

impl<R> LeaderType<2, R> {
    /// Never runs.
    #[must_use]
    pub fn cached_outcome(&self) -> Outcome<R> {
        Outcome {
            not_leader: never,
            failed: |_| false,
        }
    }
}

impl<R> Deref for LeaderType<0, R> {
    type Target = LeaderType<1, R>;

    fn deref(&self) -> &Self::Target {
        &LeaderType(PhantomData)
    }
}

impl<R> Deref for LeaderType<1, R> {
    type Target = LeaderType<2, R>;

    fn deref(&self) -> &Self::Target {
        &LeaderType(PhantomData)
    }
}

/// Explains a return type that cannot say that the body did not run.
pub fn assert_leader<R: LeaderReturn>() {}

/// A call of a function under `#[leader]`.
pub async fn lead<R, F: Future<Output = R>>(
    leader: Leader,
    function: &'static str,
    outcome: Outcome<R>,
    work: impl FnOnce(u64) -> F,
) -> R {
    let work = |fence| {
        let work = work(fence);
        async move {
            let answer = work.await;
            if (outcome.failed)(&answer) {
                Err(answer)
            } else {
                Ok(answer)
            }
        }
    };
    match leader.try_run(work).await {
        Ok(Leadership::Ran(answer)) | Err(answer) => return answer,
        Ok(Leadership::NotLeader { .. }) => {}
        Ok(Leadership::Lost) => {
            tracing::warn!(
                function,
                "cancelled: the leadership could not be renewed in time"
            );
        }
        Ok(Leadership::Unavailable(error)) => tracing::warn!(function, "not run: {error}"),
    }
    (outcome.not_leader)()
}
