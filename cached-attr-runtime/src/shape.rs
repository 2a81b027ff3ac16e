//! What of a function's return value is remembered, and how its errors reach those who waited.
//!
//! `shape!(Ret)` picks one of four shapes by method dispatch, so a `Result` is known through any alias and
//! in generic code: the more references a candidate takes, the earlier it is tried.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::error::{Failure, SharedError};

/// How a function's return value falls apart into what is stored and what is not.
pub trait Shape: Copy {
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
    /// The error in a form that others can make their own from, if there is one.
    fn share(error: &Self::Error) -> Option<Failure>;
    /// One's own error from another call's.
    fn adopt(failure: &Failure) -> Option<Self::Error>;
    /// Whether the answer is a success: `Ok`, or anything that is no `Result`.
    fn succeeded(&self, answer: &Self::Return) -> bool;
}

/// A return type, to ask for its [`Shape`].
pub struct Returns<R>(PhantomData<fn() -> R>);

impl<R> Returns<R> {
    /// The question.
    pub const NEW: Self = Returns(PhantomData);
}

/// The question for a future that exists already.
#[must_use]
pub fn returned_by<F: Future>(_: &F) -> Returns<F::Output> {
    Returns::NEW
}

/// A `Result` whose error can be cloned.
pub struct Cloned<T, E>(PhantomData<fn() -> (T, E)>);
/// A `Result` whose error can be made from a [`SharedError`].
pub struct Rendered<T, E>(PhantomData<fn() -> (T, E)>);
/// A `Result` whose error stays with the call that got it.
pub struct Opaque<T, E>(PhantomData<fn() -> (T, E)>);
/// Any other type.
pub struct Plain<T>(PhantomData<fn() -> T>);

/// A shape whose errors may be remembered with `error_ttl`.
#[diagnostic::on_unimplemented(
    message = "`error_ttl` remembers errors, so this function must return a `Result` whose error is `Clone + Send + Sync + 'static`",
    note = "derive `Clone` for the error type, or wrap its cause: `Arc<std::io::Error>`"
)]
pub trait RemembersErrors {}

impl<T, E> RemembersErrors for Cloned<T, E> {}

macro_rules! result_shape {
    ($name:ident, [$($bounds:tt)*], share($error:ident) $share:expr, adopt($failure:ident) $adopt:expr) => {
        impl<T, E> Clone for $name<T, E> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T, E> Copy for $name<T, E> {}

        impl<T, E: $($bounds)*> Shape for $name<T, E> {
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

            fn share($error: &E) -> Option<Failure> {
                $share
            }

            fn adopt($failure: &Failure) -> Option<E> {
                $adopt
            }

            fn succeeded(&self, answer: &Result<T, E>) -> bool {
                answer.is_ok()
            }
        }
    };
}

result_shape!(
    Cloned,
    [Clone + Send + Sync + 'static],
    share(error) Some(Arc::new(error.clone())),
    adopt(failure) failure.downcast_ref::<E>().cloned()
);
result_shape!(
    Rendered,
    [fmt::Display + From<SharedError>],
    share(error) Some(Arc::new(SharedError::from_display(error))),
    adopt(failure) failure.downcast_ref::<SharedError>().cloned().map(E::from)
);
result_shape!(Opaque, [Sized], share(_error) None, adopt(_failure) None);

/// A `Result` whose error is a standard error that can be made from a [`SharedError`].
pub struct Chained<T, E>(PhantomData<fn() -> (T, E)>);

result_shape!(
    Chained,
    [StdError + From<SharedError> + 'static],
    share(error) Some(Arc::new(SharedError::from_error(error))),
    adopt(failure) failure.downcast_ref::<SharedError>().cloned().map(E::from)
);

impl<T> Clone for Plain<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Plain<T> {}

impl<T> Shape for Plain<T> {
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

    fn share(error: &Infallible) -> Option<Failure> {
        match *error {}
    }

    fn adopt(_: &Failure) -> Option<Infallible> {
        None
    }

    fn succeeded(&self, _: &T) -> bool {
        true
    }
}

/// The candidates, in the order in which method lookup tries them.
pub mod dispatch {
    use super::{
        Chained, Cloned, Opaque, PhantomData, Plain, Rendered, Returns, SharedError, StdError, fmt,
    };

    macro_rules! candidate {
        ($trait:ident, $self:ty, $shape:ident, $($bounds:tt)*) => {
            /// One candidate.
            pub trait $trait {
                /// What it finds.
                type Shape;
                /// Finds it.
                fn shape(&self) -> Self::Shape;
            }

            impl<T, E: $($bounds)*> $trait for $self {
                type Shape = $shape<T, E>;

                fn shape(&self) -> $shape<T, E> {
                    $shape(PhantomData)
                }
            }
        };
    }

    candidate!(
        CanClone,
        &&&&Returns<Result<T, E>>,
        Cloned,
        Clone + Send + Sync + 'static
    );
    candidate!(
        CanChain,
        &&&Returns<Result<T, E>>,
        Chained,
        StdError + From<SharedError> + 'static
    );
    candidate!(
        CanRender,
        &&Returns<Result<T, E>>,
        Rendered,
        fmt::Display + From<SharedError>
    );
    candidate!(IsResult, &Returns<Result<T, E>>, Opaque, Sized);

    /// The last candidate: no `Result`.
    pub trait IsPlain {
        /// What it finds.
        type Shape;
        /// Finds it.
        fn shape(&self) -> Self::Shape;
    }

    impl<T> IsPlain for Returns<T> {
        type Shape = Plain<T>;

        fn shape(&self) -> Plain<T> {
            Plain(PhantomData)
        }
    }
}

/// Whether a value is an absent one: `None`.
pub mod absence {
    /// A value that is looked at.
    pub struct Seen<T>(pub T);

    /// Found first: an `Option`.
    pub trait MayBeAbsent {
        /// Whether it is `None`.
        fn is_absent(&self) -> bool;
    }

    impl<T> MayBeAbsent for &Seen<&Option<T>> {
        fn is_absent(&self) -> bool {
            self.0.is_none()
        }
    }

    /// Found last: anything.
    pub trait NeverAbsent {
        /// `false`.
        fn is_absent(&self) -> bool {
            false
        }
    }

    impl<T> NeverAbsent for Seen<T> {}
}
