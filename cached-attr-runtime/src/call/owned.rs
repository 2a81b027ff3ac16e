//! Arguments that a load owns, because it may run after its call is over.

use std::borrow::Borrow;

/// What such a load can own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used by a load in the background",
    label = "not `Clone + Send + Sync + 'static`",
    note = "the load runs on after the call is over, so it owns what it uses: derive `Clone`, or take an `Arc` of it"
)]
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

/// Owns what an argument refers to.
pub fn own_reference<T: BackgroundArgument + ?Sized>(argument: &T) -> OwnedReference<T> {
    OwnedReference(argument.own())
}

impl<T: BackgroundArgument + ?Sized> OwnedReference<T> {
    /// The argument again.
    pub fn get(&self) -> &T {
        T::lend(&self.0)
    }
}

/// What was an `Option<&T>`.
pub struct OwnedOption<T: BackgroundArgument + ?Sized>(Option<T::Owned>);

/// The same for an argument that may be absent.
pub fn own_option<T: BackgroundArgument + ?Sized>(argument: Option<&T>) -> OwnedOption<T> {
    OwnedOption(argument.map(T::own))
}

impl<T: BackgroundArgument + ?Sized> OwnedOption<T> {
    /// The argument again.
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref().map(T::lend)
    }
}

/// A value that others use as well.
pub fn own_value<T: Clone + BackgroundArgument<Owned = T>>(argument: &T) -> T {
    argument.own()
}
