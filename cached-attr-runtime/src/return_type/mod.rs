//! What of a function's return value is stored, and how its errors reach the calls that waited.
//!
//! # Problem
//!
//! One expansion serves every return type: `u32`, `Result<T, E>`, an alias of it, a generic `R`. What is stored, and how
//! an error is shared, depends on traits that the type may or may not implement, and stable Rust has no specialization.
//!
//! # Technique: autoref specialization
//!
//! Method lookup decides instead. A call `value.method()` takes an inherent method of `value`'s type where its bounds
//! hold; where they do not, lookup goes on to what the type dereferences to. So each decision is a pair of types: the
//! first has the method with the bounds, and derefs to the second, which has a method of the same name without them
//! (`specialize!` in [`placeholder`] writes such a pair).
//!
//! The steps of one expansion, `Returns::<R>::NEW.cached_kind().cached_shape()`:
//!
//! 1. [`Returns::cached_kind`](dispatch): is `R` a `Result`? Yes: the chain of `Errors`; no: [`Plain`].
//! 2. `cached_shape` on that chain takes the first way of sharing errors whose bounds hold: [`CloneErr`], [`StdErr`],
//!    [`DerefErr`], [`DisplayErr`], else [`UnsharedErr`]. With `share_error = …`, `cached_shared_by` takes the first way of
//!    rendering them instead; see [`share_error`].
//! 3. The result is a value without data that implements [`ReturnType`] and [`ShareError`]; the runtime knows nothing else.
//!
//! A type in a signature cannot be decided by a method call; there an inherent constant hides a trait's, and the constant
//! selects an `impl` ([`stored_type`]).
//!
//! # Price
//!
//! - Lookup sees the bounds that are written, not the type at hand: in a generic function `E` counts as `Clone` only
//!   where the function says `E: Clone`.
//! - A constant cannot name a type parameter. The companion of a generic function writes `<R as Fallible>::Ok`, or has a
//!   value type that is inferred and opaque.
//! - Methods of a user's blanket traits are candidates too, hence names (`cached_…`) that nobody else uses.
//! - Each candidate costs the compiler time: few methods, few types, no trait in scope.

use std::convert::Infallible;
use std::marker::PhantomData;

use crate::error::{Failure, TimedOut};

#[allow(
    clippy::unused_self,
    reason = "method lookup is what chooses, and it needs a receiver"
)]
mod dispatch;
mod errors;
pub mod none;
#[allow(
    clippy::unused_self,
    reason = "method lookup is what chooses, and it needs a receiver"
)]
pub(crate) mod placeholder;
#[allow(clippy::unused_self, reason = "called on what method lookup has found")]
pub(crate) mod share_error;
pub(crate) mod stored_type;

pub use dispatch::{Returns, returned_by, returned_by_call_of};
use errors::{CloneErr, DerefErr, DisplayErr, StdErr, UnsharedErr};

/// How a function's return value is divided into what is stored and what is not.
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
    /// Whether the answer is a success: `Ok`, or anything that is not a `Result`.
    fn succeeded(&self, answer: &Self::Return) -> bool;
}

/// How the errors of a [`ReturnType`] are shared. A trait of its own, because what is held across an `.await` must not
/// need a bound with `'static`: rustc erases regions when it checks whether a future is `Send`.
pub trait ShareError: ReturnType {
    /// The error in a form from which others can make their own, if there is one.
    fn share(error: &Self::Error) -> Option<Failure>;
    /// One's own error from another call's.
    fn adopt(failure: &Failure) -> Option<Self::Error>;
}

/// A return type whose errors may be stored with `error_ttl`.
#[diagnostic::on_unimplemented(
    message = "`error_ttl` caches errors, so this function must return a `Result` whose error is `Clone + Send + Sync + 'static`",
    label = "errors that cannot be cached",
    note = "derive `Clone` for the error type, with its cause in an `Arc`; or write `share_error = |error| …`, which caches its text"
)]
pub trait CachesErrors {}

/// A return type whose errors can say that a load took too long.
#[diagnostic::on_unimplemented(
    message = "`timeout` ends a load with an error, which this function's error type cannot be made of",
    label = "no `From<cached_attr::TimedOut>`",
    note = "write `impl From<cached_attr::TimedOut> for` the error type, or a variant with `#[from] cached_attr::TimedOut`"
)]
pub trait TimesOut: ReturnType {
    /// The error of such a load.
    fn timed_out(error: TimedOut) -> Self::Error;
}

/// A return type that has errors.
#[diagnostic::on_unimplemented(
    message = "`stale_if_error` needs a function that can fail: its return type must be a `Result`",
    label = "cannot fail",
    note = "leave `stale_if_error` out, or return a `Result`"
)]
pub trait Fails {}

/// Any type that is not a `Result`.
pub struct Plain<T>(PhantomData<fn() -> T>);

/// A type that is certain not to be a `Result`.
#[must_use]
pub fn plain<T>() -> Plain<T> {
    Plain(PhantomData)
}

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
