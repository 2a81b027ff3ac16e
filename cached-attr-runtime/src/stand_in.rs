//! Stand-ins: what takes the place of a key or a value that cannot be one, so that the compiler tells one
//! mistake once.
//!
//! A type that is not `Hash` would fail the bounds of every call the expansion makes. Method lookup chooses
//! instead: the real thing where the bounds hold, else something harmless of the same form. One assertion, at the
//! user's own token, then says what is wrong. No stand-in is ever run, because that assertion does not compile.

use std::hash::Hash;
use std::marker::PhantomData;

use crate::__private::never;
use crate::builder::Builder;
use crate::cache::{FnCache, Stored};
use crate::error::Failure;
use crate::instance::Instance;
use crate::key::{Key, KeyRef};
use crate::shape::Shape;
use crate::twin::Twin;

/// What a key argument, or what is behind it, has to be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of a cache key",
    label = "not `Hash + Eq + Clone + Send + Sync + 'static`",
    note = "derive `Hash`, `PartialEq`, `Eq` and `Clone` for it, name a field of it in `key = …`, or leave it out with `skip(…)`"
)]
pub trait KeyPart {}

#[diagnostic::do_not_recommend]
impl<T: ToOwned<Owned: Key> + Hash + Eq + ?Sized> KeyPart for T {}

/// One borrowed part of a key.
pub struct Part<Q>(pub Q);

/// A shape, to be remembered.
pub struct Remembered<S>(pub S);

/// The cache that a companion returns.
pub struct Typed<K, V>(PhantomData<fn() -> (K, V)>);

/// The same where the value's type is what a load would have.
pub struct Probed<K, S>(PhantomData<fn() -> (K, S)>);

/// The question. Only the shape's type is used.
#[must_use]
pub fn probed<K, S>(_: &Option<S>) -> Probed<K, S> {
    Probed(PhantomData)
}

/// The key that a companion returns.
pub struct Owning<K, Q>(pub Q, PhantomData<fn() -> K>);

impl<K, V> Typed<K, V> {
    /// The question.
    pub const NEW: Self = Typed(PhantomData);
}

/// The question.
pub fn owning<K, Q>(key: Q) -> Owning<K, Q> {
    Owning(key, PhantomData)
}

/// A shape of which nothing is remembered.
#[derive(Clone, Copy)]
pub struct Unfit<S>(S);

impl<S: Shape> Shape for Unfit<S> {
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

    fn share(error: &S::Error) -> Option<Failure> {
        S::share(error)
    }

    fn adopt(failure: &Failure) -> Option<S::Error> {
        S::adopt(failure)
    }

    fn succeeded(&self, answer: &S::Return) -> bool {
        self.0.succeeded(answer)
    }
}

/// Found first: what the bounds allow.
pub mod fit {
    use super::{
        Builder, FnCache, Hash, Instance, Key, KeyRef, Owning, Part, Probed, Remembered, Shape,
        Stored, Twin, Typed,
    };

    /// A part that can be in a key.
    pub trait FitPart {
        /// The part.
        type Form;
        /// The part.
        fn part(&self) -> Self::Form;
    }

    impl<'a, T> FitPart for Part<&'a T>
    where
        T: ToOwned<Owned: Key> + Hash + Eq + ?Sized,
    {
        type Form = &'a T;

        fn part(&self) -> &'a T {
            self.0
        }
    }

    /// A shape whose value can be remembered.
    pub trait FitShape {
        /// The shape.
        type Form;
        /// The shape.
        fn remembered(&self) -> Self::Form;
    }

    impl<S: Shape<Value: Stored>> FitShape for Remembered<S> {
        type Form = S;

        fn remembered(&self) -> S {
            self.0
        }
    }

    /// Types that a cache can have.
    pub trait FitCache<K, V> {
        /// The cache.
        fn cache<I: Instance>(
            &self,
            twin: &'static Twin,
            instance: I,
            rules: impl FnOnce(Builder<K, V>) -> Builder<K, V>,
        ) -> &'static FnCache<K, V>;
    }

    impl<K: Key, V: Stored> FitCache<K, V> for Typed<K, V> {
        fn cache<I: Instance>(
            &self,
            twin: &'static Twin,
            instance: I,
            rules: impl FnOnce(Builder<K, V>) -> Builder<K, V>,
        ) -> &'static FnCache<K, V> {
            twin.cache(instance, rules)
        }
    }

    /// The same for a load's type.
    pub trait FitProbe<K, S: Shape> {
        /// The cache.
        fn probe<I: Instance>(
            &self,
            twin: &'static Twin,
            instance: I,
            rules: impl FnOnce(Builder<K, S::Value>) -> Builder<K, S::Value>,
        ) -> &'static FnCache<K, S::Value>;
    }

    impl<K: Key, S: Shape<Value: Stored>> FitProbe<K, S> for Probed<K, S> {
        fn probe<I: Instance>(
            &self,
            twin: &'static Twin,
            instance: I,
            rules: impl FnOnce(Builder<K, S::Value>) -> Builder<K, S::Value>,
        ) -> &'static FnCache<K, S::Value> {
            twin.cache(instance, rules)
        }
    }

    /// A key that can be owned.
    pub trait FitKey<K> {
        /// The key.
        fn own(&self) -> K;
    }

    impl<K, Q: KeyRef<K>> FitKey<K> for Owning<K, Q> {
        fn own(&self) -> K {
            self.0.to_key()
        }
    }
}

/// Found last: stand-ins.
pub mod unfit {
    use super::{
        Builder, FnCache, Instance, Owning, Part, Probed, Remembered, Shape, Twin, Typed, Unfit,
        never,
    };

    /// See [`Part`].
    pub trait UnfitPart {
        /// No part.
        fn part(&self) {}
    }

    impl<Q> UnfitPart for &Part<Q> {}

    /// See [`Remembered`].
    pub trait UnfitShape {
        /// Another shape.
        type Form;
        /// Another shape.
        fn remembered(&self) -> Self::Form;
    }

    impl<S: Shape> UnfitShape for &Remembered<S> {
        type Form = Unfit<S>;

        fn remembered(&self) -> Unfit<S> {
            Unfit(self.0)
        }
    }

    /// See [`Typed`].
    pub trait UnfitCache<K, V> {
        /// No cache.
        fn cache<I: Instance>(
            &self,
            _: &'static Twin,
            _: I,
            _: impl FnOnce(Builder<K, V>) -> Builder<K, V>,
        ) -> &'static FnCache<K, V> {
            never()
        }
    }

    impl<K, V> UnfitCache<K, V> for &Typed<K, V> {}

    /// See [`Probed`].
    pub trait UnfitProbe<K, S: Shape> {
        /// No cache.
        fn probe<I: Instance>(
            &self,
            _: &'static Twin,
            _: I,
            _: impl FnOnce(Builder<K, S::Value>) -> Builder<K, S::Value>,
        ) -> &'static FnCache<K, ()> {
            never()
        }
    }

    impl<K, S: Shape> UnfitProbe<K, S> for &Probed<K, S> {}

    /// See [`Owning`].
    pub trait UnfitKey<K> {
        /// No key.
        fn own(&self) -> K {
            never()
        }
    }

    impl<K, Q> UnfitKey<K> for &Owning<K, Q> {}
}
