//! Arguments that a load owns, because it may run after its call is over.

use std::borrow::Borrow;
use std::marker::PhantomData;
use std::ops::Deref;

use crate::__private::never;
use crate::return_type::placeholder::specialize;

/// What such a load can own.
pub trait BackgroundArgument {
    /// In its owned form.
    type Owned: Send + Sync + 'static;

    /// Makes it.
    fn own(&self) -> Self::Owned;
    /// Gives it back to the load's code.
    fn lend(owned: &Self::Owned) -> &Self;
}

#[diagnostic::do_not_recommend]
impl<T: ToOwned<Owned: Send + Sync + 'static> + ?Sized> BackgroundArgument for T {
    type Owned = T::Owned;

    fn own(&self) -> T::Owned {
        self.to_owned()
    }

    fn lend(owned: &T::Owned) -> &T {
        owned.borrow()
    }
}

/// What was a `&T`.
pub struct OwnedReference<T: BackgroundArgument + ?Sized>(T::Owned);

impl<T: BackgroundArgument + ?Sized> OwnedReference<T> {
    /// The argument again.
    pub fn get(&self) -> &T {
        T::lend(&self.0)
    }
}

/// What was an `Option<&T>`.
pub struct OwnedOption<T: BackgroundArgument + ?Sized>(Option<T::Owned>);

impl<T: BackgroundArgument + ?Sized> OwnedOption<T> {
    /// The argument again.
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref().map(T::lend)
    }
}

specialize! {
    /// Can what this argument refers to be owned?
    OwnCheck<Q>(Q), else NotOwned
}

impl<Q> OwnCheck<Q> {
    /// Where lookup begins.
    pub fn of(argument: Q) -> Self {
        OwnCheck(NotOwned(argument))
    }
}

impl<T: BackgroundArgument + ?Sized> OwnCheck<&T> {
    /// Owns it.
    #[must_use]
    pub fn own(self) -> OwnedReference<T> {
        OwnedReference(self.0.0.own())
    }
}

impl<T: BackgroundArgument + ?Sized> OwnCheck<Option<&T>> {
    /// Owns it, if there is one.
    #[must_use]
    pub fn own(self) -> OwnedOption<T> {
        OwnedOption(self.0.0.map(T::own))
    }
}

/// What has the place of an argument that cannot be owned: an assertion reports that, so this never runs.
pub struct PlaceholderArgument<T: ?Sized>(PhantomData<fn(&T)>);

#[allow(clippy::unused_self, reason = "found by method lookup")]
impl<T: ?Sized> NotOwned<&T> {
    /// A placeholder.
    #[must_use]
    pub fn own(&self) -> PlaceholderArgument<T> {
        PlaceholderArgument(PhantomData)
    }
}

impl<T: ?Sized> PlaceholderArgument<T> {
    /// The argument's type.
    #[must_use]
    pub fn get(&self) -> &T {
        never()
    }
}

/// The same for an `Option<&T>`.
pub struct PlaceholderOption<T: ?Sized>(PhantomData<fn(&T)>);

#[allow(clippy::unused_self, reason = "found by method lookup")]
impl<T: ?Sized> NotOwned<Option<&T>> {
    /// A placeholder.
    #[must_use]
    pub fn own(&self) -> PlaceholderOption<T> {
        PlaceholderOption(PhantomData)
    }
}

impl<T: ?Sized> PlaceholderOption<T> {
    /// The argument's type.
    #[must_use]
    pub fn get(&self) -> Option<&T> {
        never()
    }
}

/// A load that can own a `T`.
///
/// Of a trait that a type parameter lacks, the compiler says to bound the parameter by it, and this one is private. No bound
/// can name the type of a function.
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be used by a load in the background",
    label = "not `Clone + Send + Sync + 'static`",
    note = "the load runs on after the call is over, so it owns what it uses: derive `Clone` for the type, bound a type parameter \
            by `Clone + Send + Sync + 'static`, or take an `Arc`"
)]
pub trait Owns<T: ?Sized> {}

#[diagnostic::do_not_recommend]
impl<L, T: BackgroundArgument + ?Sized> Owns<T> for L {}

/// What owns the argument in the compiler's message.
pub fn background_load() {}

/// Explains an argument that cannot be owned.
pub fn assert_background<T: ?Sized, L: Owns<T>>(_: L) {}

/// A value that others use as well.
pub fn own_value<T: Clone + BackgroundArgument<Owned = T>>(argument: &T) -> T {
    argument.own()
}
