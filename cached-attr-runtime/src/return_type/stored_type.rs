//! Types from types: what of a return type is stored, and what a reference owns.

use std::marker::PhantomData;

/// What a reference to `T` owns.
pub type Owned<T> = <T as ToOwned>::Owned;

/// A `Result`, for generic code in which a type is one by its name only.
pub trait Fallible {
    /// Its `Ok` value.
    type Ok;
}

impl<T, E> Fallible for Result<T, E> {
    type Ok = T;
}

/// Whether `R` is a `Result`: the inherent constant, where there is one, hides the trait's.
pub struct Is<R>(PhantomData<R>);

/// The constant of every other type.
pub trait NotResult {
    /// It is not.
    const RESULT: bool = false;
}

impl<R> NotResult for Is<R> {}

impl<T, E> Is<Result<T, E>> {
    /// It is.
    pub const RESULT: bool = true;
}

/// The constant as a type.
pub struct Select<const RESULT: bool>;

/// What of `R` is stored.
pub trait Kind<R> {
    /// The `Ok` value of a `Result`, else `R`.
    type Value;
}

impl<R> Kind<R> for Select<false> {
    type Value = R;
}

impl<R: Fallible> Kind<R> for Select<true> {
    type Value = R::Ok;
}
