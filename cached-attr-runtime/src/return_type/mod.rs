//! What of a function's return value is remembered, and how its errors reach those who waited.
//!
//! Which shape a return type has is found by [method lookup](dispatch).

use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use crate::error::{Failure, SharedError};

#[allow(
    clippy::unused_self,
    reason = "method lookup is what chooses, and it needs a receiver"
)]
mod dispatch;
pub mod none;
#[allow(
    clippy::unused_self,
    reason = "method lookup is what chooses, and it needs a receiver"
)]
pub(crate) mod placeholder;
pub(crate) mod stored_type;

pub use dispatch::{Returns, returned_by};

/// The shape of a type that is certain to be no `Result`.
#[must_use]
pub fn plain<T>() -> Plain<T> {
    Plain(PhantomData)
}

/// How a function's return value falls apart into what is stored and what is not.
pub trait ReturnType: Copy {
    /// What the function returns.
    type Return;
    /// What is stored: the `Ok` value of a `Result`, else the return value itself.
    type Value;
    /// What is not: the error of a `Result`.
    type Error;

    /// The return value that carries `value`.
    fn wrap(value: Self::Value) -> Self::Return;
    /// The return value that carries `error`.
    fn fail(error: Self::Error) -> Self::Return;
    /// Takes a return value apart.
    fn split(answer: Self::Return) -> Result<Self::Value, Self::Error>;
    /// Whether the answer is a success: `Ok`, or anything that is no `Result`.
    fn succeeded(&self, answer: &Self::Return) -> bool;
}

/// How the errors of a [`ReturnType`] are shared. Apart from it, because what is held across an `.await` must need no bound
/// that speaks of `'static`: rustc forgets regions when it asks whether a future is `Send`.
pub trait ShareError: ReturnType {
    /// The error in a form that others can make their own from, if there is one.
    fn share(error: &Self::Error) -> Option<Failure>;
    /// One's own error from another call's.
    fn adopt(failure: &Failure) -> Option<Self::Error>;
}

/// A `Result` whose error can be cloned.
pub struct CloneErr<T, E>(PhantomData<fn() -> (T, E)>);
/// A `Result` whose error can be made from a [`SharedError`].
pub struct DisplayErr<T, E>(PhantomData<fn() -> (T, E)>);
/// A `Result` whose error stays with the call that got it.
pub struct UnsharedErr<T, E>(PhantomData<fn() -> (T, E)>);
/// Any other type.
pub struct Plain<T>(PhantomData<fn() -> T>);

/// A shape whose errors may be remembered with `error_ttl`.
#[diagnostic::on_unimplemented(
    message = "`error_ttl` remembers errors, so this function must return a `Result` whose error is `Clone + Send + Sync + 'static`",
    label = "nothing here to remember",
    note = "derive `Clone` for the error type, or wrap its cause: `Arc<std::io::Error>`"
)]
pub trait RemembersErrors {}

#[diagnostic::do_not_recommend]
impl<T, E> RemembersErrors for CloneErr<T, E> {}

/// A shape that has errors.
#[diagnostic::on_unimplemented(
    message = "`stale_if_error` speaks of errors, so this function must return a `Result`",
    label = "nothing here can fail",
    note = "leave `stale_if_error` out, or return a `Result`"
)]
pub trait Fails {}

macro_rules! result_shape {
    ($name:ident, [$($bounds:tt)*], share($error:ident) $share:expr, adopt($failure:ident) $adopt:expr) => {
        impl<T, E> Clone for $name<T, E> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T, E> Copy for $name<T, E> {}

        #[diagnostic::do_not_recommend]
        impl<T, E> Fails for $name<T, E> {}

        impl<T, E> ReturnType for $name<T, E> {
            type Return = Result<T, E>;
            type Value = T;
            type Error = E;

            fn wrap(value: T) -> Result<T, E> {
                Ok(value)
            }

            fn fail(error: E) -> Result<T, E> {
                Err(error)
            }

            fn split(answer: Result<T, E>) -> Result<T, E> {
                answer
            }

            fn succeeded(&self, answer: &Result<T, E>) -> bool {
                answer.is_ok()
            }
        }

        impl<T, E: $($bounds)*> ShareError for $name<T, E> {
            fn share($error: &E) -> Option<Failure> {
                $share
            }

            fn adopt($failure: &Failure) -> Option<E> {
                $adopt
            }
        }
    };
}

result_shape!(
    CloneErr,
    [Clone + Send + Sync + 'static],
    share(error) Some(Failure::new(error.clone())),
    adopt(failure) failure.get::<E>().cloned()
);
result_shape!(
    DisplayErr,
    [fmt::Display + From<SharedError>],
    share(error) Some(Failure::new(SharedError::from_display(error))),
    adopt(failure) failure.get::<SharedError>().cloned().map(E::from)
);
result_shape!(UnsharedErr, [Sized], share(_error) None, adopt(_failure) None);

/// A `Result` whose error is a standard error that can be made from a [`SharedError`].
pub struct StdErr<T, E>(PhantomData<fn() -> (T, E)>);

result_shape!(
    StdErr,
    [StdError + From<SharedError>],
    share(error) Some(Failure::new(SharedError::from_error(error))),
    adopt(failure) failure.get::<SharedError>().cloned().map(E::from)
);

/// A `Result` whose error holds a standard error, as `anyhow::Error` and `Box<dyn Error>` do, and can be made
/// from a [`SharedError`].
pub struct DerefErr<T, E>(PhantomData<fn() -> (T, E)>);

result_shape!(
    DerefErr,
    [Deref<Target: StdError> + From<SharedError>],
    share(error) Some(Failure::new(SharedError::from_error(&**error))),
    adopt(failure) failure.get::<SharedError>().cloned().map(E::from)
);

impl<T> Clone for Plain<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Plain<T> {}

impl<T> ReturnType for Plain<T> {
    type Return = T;
    type Value = T;
    type Error = Infallible;

    fn wrap(value: T) -> T {
        value
    }

    fn fail(error: Infallible) -> T {
        match error {}
    }

    fn split(answer: T) -> Result<T, Infallible> {
        Ok(answer)
    }

    fn succeeded(&self, _: &T) -> bool {
        true
    }
}

impl<T> ShareError for Plain<T> {
    fn share(error: &Infallible) -> Option<Failure> {
        match *error {}
    }

    fn adopt(_: &Failure) -> Option<Infallible> {
        None
    }
}
