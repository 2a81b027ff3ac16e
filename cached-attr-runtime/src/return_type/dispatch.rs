//! How the shape of a return type is found: method lookup takes a question where its bounds hold, and else goes on to
//! what the question dereferences to. So a `Result` is known through any alias and in generic code.
//!
//! `Returns::<R>::NEW.cached_kind().cached_shape()`. The names are nobody else's: a method of a user's trait for all types
//! would be found before what a question dereferences to.

use std::error::Error as StdError;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use super::{CloneErr, DerefErr, DisplayErr, Plain, StdErr, UnsharedErr};
use crate::error::SharedError;
use crate::return_type::placeholder::specialize;

specialize! {
    /// A return type: is it a `Result`?
    Returns<R>(PhantomData<fn() -> R>), else Other
}

impl<R> Returns<R> {
    /// The question.
    pub const NEW: Self = Returns(Other(PhantomData));
}

/// The question for a future that exists already.
#[must_use]
pub fn returned_by<F: Future>(_: &F) -> Returns<F::Output> {
    Returns::NEW
}

impl<T, E> Returns<Result<T, E>> {
    /// It is one: what about its errors?
    #[must_use]
    pub fn cached_kind(&self) -> Errors<0, T, E> {
        Errors(PhantomData)
    }
}

impl<R> Other<R> {
    /// Nothing more to ask.
    #[must_use]
    pub fn cached_kind(&self) -> Plain<R> {
        Plain(PhantomData)
    }
}

impl<T> Plain<T> {
    /// This.
    #[must_use]
    pub fn cached_shape(self) -> Self {
        self
    }
}

/// The errors of a `Result`: how do they reach those who waited? One step for each way there is.
pub struct Errors<const STEP: u8, T, E>(PhantomData<fn() -> (T, E)>);

macro_rules! way {
    ($step:literal, $shape:ident, [$($bounds:tt)*]) => {
        impl<T, E: $($bounds)*> Errors<$step, T, E> {
            /// This way.
            #[must_use]
            pub fn cached_shape(&self) -> $shape<T, E> {
                $shape(PhantomData)
            }
        }
    };
    ($step:literal, $shape:ident, [$($bounds:tt)*], else $next:literal) => {
        way!($step, $shape, [$($bounds)*]);

        impl<T, E> Deref for Errors<$step, T, E> {
            type Target = Errors<$next, T, E>;

            fn deref(&self) -> &Errors<$next, T, E> {
                &Errors(PhantomData)
            }
        }
    };
}

way!(0, CloneErr, [Clone + Send + Sync + 'static], else 1);
way!(1, StdErr, [StdError + From<SharedError>], else 2);
way!(2, DerefErr, [Deref<Target: StdError> + From<SharedError>], else 3);
way!(3, DisplayErr, [fmt::Display + From<SharedError>], else 4);
way!(4, UnsharedErr, [Sized]);
