//! The ways a `Result` shares its errors, from the best to none.

use std::error::Error as StdError;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use super::{CachesErrors, Fails, ReturnType, ShareError, TimesOut};
use crate::error::{Failure, SharedError, TimedOut};

macro_rules! result_type {
    ($(#[$doc:meta])* $name:ident, [$($bounds:tt)*], share($error:ident) $share:expr, adopt($failure:ident) $adopt:expr) => {
        $(#[$doc])*
        pub struct $name<T, E>(pub(super) PhantomData<fn() -> (T, E)>);

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

        #[diagnostic::do_not_recommend]
        impl<T, E: From<TimedOut>> TimesOut for $name<T, E> {
            fn timed_out(error: TimedOut) -> E {
                E::from(error)
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

result_type!(
    /// A `Result` whose error can be cloned.
    CloneErr,
    [Clone + Send + Sync + 'static],
    share(error) Some(Failure::new(error.clone())),
    adopt(failure) failure.get::<E>().cloned()
);
result_type!(
    /// A `Result` whose error is a standard error that can be made from a [`SharedError`].
    StdErr,
    [StdError + From<SharedError>],
    share(error) Some(Failure::new(SharedError::from_error(error))),
    adopt(failure) failure.get::<SharedError>().cloned().map(E::from)
);
result_type!(
    /// A `Result` whose error holds a standard error, as `anyhow::Error` and `Box<dyn Error>` do, and can be made from a
    /// [`SharedError`].
    DerefErr,
    [Deref<Target: StdError> + From<SharedError>],
    share(error) Some(Failure::new(SharedError::from_error(&**error))),
    adopt(failure) failure.get::<SharedError>().cloned().map(E::from)
);
result_type!(
    /// A `Result` whose error can be made from a [`SharedError`].
    DisplayErr,
    [fmt::Display + From<SharedError>],
    share(error) Some(Failure::new(SharedError::from_display(error))),
    adopt(failure) failure.get::<SharedError>().cloned().map(E::from)
);
result_type!(
    /// A `Result` whose error stays with the call that got it.
    UnsharedErr,
    [Sized],
    share(_error) None,
    adopt(_failure) None
);

#[diagnostic::do_not_recommend]
impl<T, E> CachesErrors for CloneErr<T, E> {}
