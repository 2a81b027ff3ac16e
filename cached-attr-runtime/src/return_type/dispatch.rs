//! Method lookup from a return type to its [`ReturnType`](super::ReturnType): see the [module](super) for the technique.

use std::error::Error as StdError;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use super::share_error::{ByDeref, ByDisplay, ByStdError, SharedBy, Unrendered};
use super::{CloneErr, DerefErr, DisplayErr, Plain, StdErr, UnsharedErr};
use crate::error::SharedError;
use crate::return_type::placeholder::specialize;

specialize! {
    /// A return type: is it a `Result`?
    Returns<R>(PhantomData<fn() -> R>), else Other
}

impl<R> Returns<R> {
    /// Where lookup begins.
    pub const NEW: Self = Returns(Other(PhantomData));
}

/// The same for the output of a future that exists already.
#[must_use]
pub fn returned_by<F: Future>(_: &F) -> Returns<F::Output> {
    Returns::NEW
}

/// The same for the output of a future that a closure makes.
#[must_use]
pub fn returned_by_call_of<F: Future, L: FnOnce() -> F>(_: &L) -> Returns<F::Output> {
    Returns::NEW
}

impl<T, E> Returns<Result<T, E>> {
    /// A `Result`: on to its errors.
    #[must_use]
    pub fn cached_kind(&self) -> Errors<0, T, E> {
        Errors(PhantomData)
    }
}

impl<R> Other<R> {
    /// Anything else.
    #[must_use]
    pub fn cached_kind(&self) -> Plain<R> {
        Plain(PhantomData)
    }
}

impl<T> Plain<T> {
    /// The end of the lookup.
    #[must_use]
    pub fn cached_shape(self) -> Self {
        self
    }

    /// The same with `share_error`, which an assertion then reports.
    #[must_use]
    pub fn cached_shared_by(self) -> Self {
        self
    }
}

/// The errors of a `Result`: how do they reach the calls that waited? One step for each way.
pub struct Errors<const STEP: u8, T, E>(PhantomData<fn() -> (T, E)>);

/// The errors of a `Result` with `share_error`: how are they rendered? One step for each way.
pub struct Rendered<const STEP: u8, T, E>(PhantomData<fn() -> (T, E)>);

impl<T, E> Errors<0, T, E> {
    /// With `share_error`.
    #[must_use]
    pub fn cached_shared_by(&self) -> Rendered<0, T, E> {
        Rendered(PhantomData)
    }
}

/// One step of a chain: its method where the bounds hold, else the next step.
macro_rules! step {
    ($chain:ident, $step:literal, $found:ty, [$($bounds:tt)*]) => {
        impl<T, E: $($bounds)*> $chain<$step, T, E> {
            /// The end of the lookup.
            #[must_use]
            pub fn cached_shape(&self) -> $found {
                <$found>::FOUND
            }
        }
    };
    ($chain:ident, $step:literal, $found:ty, [$($bounds:tt)*], else $next:literal) => {
        step!($chain, $step, $found, [$($bounds)*]);

        impl<T, E> Deref for $chain<$step, T, E> {
            type Target = $chain<$next, T, E>;

            fn deref(&self) -> &$chain<$next, T, E> {
                &$chain(PhantomData)
            }
        }
    };
}

macro_rules! found {
    ($($found:ident)+) => {$(
        impl<T, E> $found<T, E> {
            const FOUND: Self = $found(PhantomData);
        }
    )+};
}

found!(CloneErr StdErr DerefErr DisplayErr UnsharedErr);

step!(Errors, 0, CloneErr<T, E>, [Clone + Send + Sync + 'static], else 1);
step!(Errors, 1, StdErr<T, E>, [StdError + From<SharedError>], else 2);
step!(Errors, 2, DerefErr<T, E>, [Deref<Target: StdError> + From<SharedError>], else 3);
step!(Errors, 3, DisplayErr<T, E>, [fmt::Display + From<SharedError>], else 4);
step!(Errors, 4, UnsharedErr<T, E>, [Sized]);

step!(Rendered, 0, SharedBy<T, E, ByStdError>, [StdError], else 1);
step!(Rendered, 1, SharedBy<T, E, ByDeref>, [Deref<Target: StdError>], else 2);
step!(Rendered, 2, SharedBy<T, E, ByDisplay>, [fmt::Display], else 3);
step!(Rendered, 3, SharedBy<T, E, Unrendered>, [Sized]);
