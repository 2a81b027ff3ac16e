//! Placeholders: what takes the place of a key or a value that cannot be one, so that the compiler reports one
//! mistake once.
//!
//! A type that is not `Hash` would fail the bounds of every call the expansion makes. Method lookup (see the
//! [module](super)) gives something harmless of the same form instead, and one assertion, at the user's own token, says
//! what is wrong. No placeholder ever runs, because that assertion does not compile.

use std::hash::Hash;
use std::marker::PhantomData;
use std::ops::Deref;

use crate::__private::never;
use crate::cache::CacheValue;
use crate::error::{Failure, TimedOut};
use crate::key::{CacheKey, CallKey};
use crate::return_type::{ReturnType, ShareError, TimesOut};

/// What a key argument, or what is behind it, has to be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of a cache key",
    label = "not `Hash + Eq + Clone + Send + Sync + 'static`",
    note = "derive `Hash`, `PartialEq`, `Eq` and `Clone` for it, name a field of it in `key = …`, or leave it out with `skip(…)`",
    note = "what is only `Display` goes into a text key, `key = \"{{id}}\"`; of a floating point number say how many digits count, `\"{{lat:.3}}\"`"
)]
pub trait KeyPart {}

#[diagnostic::do_not_recommend]
impl<T: ToOwned<Owned: CacheKey> + Hash + Eq + ?Sized> KeyPart for T {}

/// Two types: a method of the first where its bounds hold, else the method of the second, to which it derefs.
macro_rules! specialize {
    ($(#[$doc:meta])* $specialize:ident<$($param:ident),+>($($field:ty),+), else $otherwise:ident) => {
        $(#[$doc])*
        pub struct $specialize<$($param),+>($otherwise<$($param),+>);

        /// Where the bounds do not hold.
        pub struct $otherwise<$($param),+>($($field),+);

        impl<$($param),+> Deref for $specialize<$($param),+> {
            type Target = $otherwise<$($param),+>;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
    };
}

pub(crate) use specialize;

specialize! {
    /// Can this borrowed part be in a key?
    KeyPartCheck<Q>(Q), else NoPart
}

impl<Q> KeyPartCheck<Q> {
    /// Where lookup begins.
    pub fn of(part: Q) -> Self {
        KeyPartCheck(NoPart(part))
    }
}

impl<Q: CallKey<Key: CacheKey>> KeyPartCheck<Q> {
    /// The part.
    #[must_use]
    pub fn part(self) -> Q {
        self.0.0
    }
}

impl<Q> NoPart<Q> {
    /// A placeholder.
    pub fn part(&self) {}
}

specialize! {
    /// Can the value of this return type be stored?
    Storable<S>(S), else NotStorable
}

/// Where lookup begins; its bound is what the compiler reports at the user's type.
#[must_use]
pub fn storable<S: ShareError<Value: CacheValue>>(shape: S) -> Storable<S> {
    Storable(NotStorable(shape))
}

impl<S: ShareError<Value: CacheValue>> Storable<S> {
    /// The return type.
    #[must_use]
    pub fn shape(self) -> S {
        self.0.0
    }
}

impl<S: ReturnType> NotStorable<S> {
    /// A placeholder.
    #[must_use]
    pub fn shape(&self) -> PlaceholderType<S> {
        PlaceholderType(self.0)
    }
}

specialize! {
    /// Can this key be owned?
    KeyCheck<K, Q>(Q, PhantomData<fn() -> K>), else Borrowing
}

impl<K, Q> KeyCheck<K, Q> {
    /// Where lookup begins.
    pub fn of(key: Q) -> Self {
        KeyCheck(Borrowing(key, PhantomData))
    }
}

impl<K, Q: CallKey<Key = K>> KeyCheck<K, Q> {
    /// The key.
    #[must_use]
    pub fn own(self) -> K {
        self.0.0.to_key()
    }
}

impl<K, Q> Borrowing<K, Q> {
    /// A placeholder.
    #[must_use]
    pub fn own(&self) -> K {
        never()
    }
}

specialize! {
    /// Can the errors of this return type be made of a timeout?
    TimeoutCheck<S>(PhantomData<S>), else NoTimeout
}

impl<S> TimeoutCheck<S> {
    /// Where lookup begins.
    #[must_use]
    pub fn of(_: S) -> Self {
        TimeoutCheck(NoTimeout(PhantomData))
    }
}

impl<S: TimesOut> TimeoutCheck<S> {
    /// How they are.
    #[must_use]
    pub fn conversion(self) -> fn(TimedOut) -> S::Error {
        S::timed_out
    }
}

impl<S: ReturnType> NoTimeout<S> {
    /// A placeholder.
    #[must_use]
    pub fn conversion(&self) -> fn(TimedOut) -> S::Error {
        |_| never()
    }
}

/// A return type of which nothing is stored.
#[derive(Clone, Copy)]
pub struct PlaceholderType<S>(S);

impl<S: ReturnType> ReturnType for PlaceholderType<S> {
    type Return = S::Return;
    type Value = ();
    type Error = S::Error;

    fn wrap((): ()) -> S::Return {
        never()
    }

    fn fail(error: S::Error) -> S::Return {
        S::fail(error)
    }

    fn split(answer: S::Return) -> Result<(), S::Error> {
        S::split(answer).map(drop)
    }

    fn succeeded(&self, answer: &S::Return) -> bool {
        self.0.succeeded(answer)
    }
}

impl<S: ShareError> ShareError for PlaceholderType<S> {
    fn share(error: &S::Error) -> Option<Failure> {
        S::share(error)
    }

    fn adopt(failure: &Failure) -> Option<S::Error> {
        S::adopt(failure)
    }
}
