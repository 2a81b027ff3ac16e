//! `share_error = |e| …`: sharing errors that can be neither cloned nor made from a [`SharedError`].
//!
//! The load runs with the error type [`LoadError`]: the call's own error, or the rendered error of the load it waited for.
//! When the call is over, the closure turns the latter into the function's error type. So the runtime needs no place for
//! the closure, and it may be of any type.

use std::error::Error as StdError;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::{CachesErrors, Fails, Plain, ReturnType, ShareError, TimesOut};
use crate::error::{Failure, SharedError, TimedOut};

/// The error of a call.
pub enum LoadError<E> {
    /// Its load's own.
    Own(E),
    /// That of the load it waited for.
    Shared(SharedError),
}

impl<E> LoadError<E> {
    /// `stale_if_error_when`, which is called with a load's own error.
    #[must_use]
    pub fn judge(&self, is_failure: fn(&E) -> bool) -> bool {
        match self {
            Self::Own(error) => is_failure(error),
            Self::Shared(_) => true,
        }
    }
}

/// A `Result` whose errors are rendered by `R` and shared by a closure.
pub struct SharedBy<T, E, R>(Types<T, E, R>);

type Types<T, E, R> = PhantomData<fn() -> (T, E, R)>;

/// Renders an error.
pub trait Render<E> {
    /// Its text.
    fn render(error: &E) -> SharedError;
}

/// With the error's sources.
pub struct ByStdError;
/// With the sources of the error that it holds.
pub struct ByDeref;
/// By its `Display`.
pub struct ByDisplay;
/// It cannot be rendered. An assertion reports that, so this never runs.
pub struct Unrendered;

impl<E: StdError> Render<E> for ByStdError {
    fn render(error: &E) -> SharedError {
        SharedError::from_error(error)
    }
}

impl<E: Deref<Target: StdError>> Render<E> for ByDeref {
    fn render(error: &E) -> SharedError {
        SharedError::from_error(&**error)
    }
}

impl<E: fmt::Display> Render<E> for ByDisplay {
    fn render(error: &E) -> SharedError {
        SharedError::from_display(error)
    }
}

impl<E> Render<E> for Unrendered {
    fn render(_: &E) -> SharedError {
        crate::__private::never()
    }
}

/// A return type whose errors `share_error` can share.
#[diagnostic::on_unimplemented(
    message = "`share_error` shares the text of errors, so this function must return a `Result` whose error is `Display`",
    label = "errors without a text",
    note = "implement `Display` for the error type, or derive `Clone` for it and leave `share_error` out"
)]
pub trait SharesErrors {}

#[diagnostic::do_not_recommend]
impl<T, E> SharesErrors for SharedBy<T, E, ByStdError> {}
#[diagnostic::do_not_recommend]
impl<T, E> SharesErrors for SharedBy<T, E, ByDeref> {}
#[diagnostic::do_not_recommend]
impl<T, E> SharesErrors for SharedBy<T, E, ByDisplay> {}

#[diagnostic::do_not_recommend]
impl<T, E, R> Fails for SharedBy<T, E, R> {}
// What is stored is the rendered error, whatever `E` is.
#[diagnostic::do_not_recommend]
impl<T, E, R> CachesErrors for SharedBy<T, E, R> {}

#[diagnostic::do_not_recommend]
impl<T, E: From<TimedOut>, R> TimesOut for SharedBy<T, E, R> {
    fn timed_out(error: TimedOut) -> LoadError<E> {
        LoadError::Own(E::from(error))
    }
}

impl<T, E, R> Clone for SharedBy<T, E, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, E, R> Copy for SharedBy<T, E, R> {}

impl<T, E, R> SharedBy<T, E, R> {
    pub(super) const FOUND: Self = SharedBy(PhantomData);

    /// The body, with its error as the load's own.
    pub fn own_error<F: Future<Output = Result<T, E>>>(self, body: F) -> OwnError<F> {
        OwnError { body }
    }

    /// The call's answer as the function returns it.
    ///
    /// # Errors
    ///
    /// The load's own error, or what `share` makes of the error of the load that this call waited for.
    pub fn into_return(
        self,
        answer: Result<T, LoadError<E>>,
        share: impl FnOnce(SharedError) -> E,
    ) -> Result<T, E> {
        answer.map_err(|error| match error {
            LoadError::Own(error) => error,
            LoadError::Shared(error) => share(error),
        })
    }
}

impl<T> Plain<T> {
    /// As [`SharedBy::own_error`], where nothing can fail.
    pub fn own_error<F: Future<Output = T>>(self, body: F) -> F {
        body
    }

    /// As [`SharedBy::into_return`], where nothing can fail.
    pub fn into_return<E>(self, answer: T, _: impl FnOnce(SharedError) -> E) -> T {
        answer
    }
}

pin_project! {
    /// See [`SharedBy::own_error`].
    #[must_use = "futures do nothing unless polled"]
    pub struct OwnError<F> {
        #[pin]
        body: F,
    }
}

impl<T, E, F: Future<Output = Result<T, E>>> Future for OwnError<F> {
    type Output = Result<T, LoadError<E>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project()
            .body
            .poll(cx)
            .map(|answer| answer.map_err(LoadError::Own))
    }
}

impl<T, E, R> ReturnType for SharedBy<T, E, R> {
    type Return = Result<T, LoadError<E>>;
    type Value = T;
    type Error = LoadError<E>;

    fn wrap(value: T) -> Self::Return {
        Ok(value)
    }

    fn fail(error: LoadError<E>) -> Self::Return {
        Err(error)
    }

    fn split(answer: Self::Return) -> Result<T, LoadError<E>> {
        answer
    }

    fn succeeded(&self, answer: &Self::Return) -> bool {
        answer.is_ok()
    }
}

impl<T, E, R: Render<E>> ShareError for SharedBy<T, E, R> {
    fn share(error: &LoadError<E>) -> Option<Failure> {
        let shared = match error {
            LoadError::Own(error) => R::render(error),
            LoadError::Shared(error) => error.clone(),
        };
        Some(Failure::new(shared))
    }

    fn adopt(failure: &Failure) -> Option<LoadError<E>> {
        failure.get::<SharedError>().cloned().map(LoadError::Shared)
    }
}
