//! The items of a batch, checked before the rest of it: everything that a batch does needs `Hash`, `Eq` and `Clone`, and the
//! compiler is to report that once, at the item's type. See [`placeholder`](crate::return_type::placeholder).

use std::hash::Hash;
use std::marker::PhantomData;
use std::ops::Deref;

use super::{InstanceKey, Site};
use crate::__private::never;
use crate::builder::Builder;
use crate::cache::FnCache;
use crate::call::Mode;
use crate::call::batch::item::{BatchMap, ValueOf};
use crate::call::batch::return_type::{BatchType, MapFrom, batch_type};
use crate::call::batch::{Batch, KeyType};
use crate::error::TimedOut;
use crate::key::CacheKey;
use crate::return_type::placeholder::specialize;
use crate::return_type::{ReturnType, ShareError};

/// What a batch can be made of.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an item of a batch",
    label = "not `Hash + Eq + Clone`",
    note = "derive `Hash`, `PartialEq`, `Eq` and `Clone` for it"
)]
pub trait Item {}

#[diagnostic::do_not_recommend]
impl<T: Hash + Eq + Clone> Item for T {}

/// Explains a type that cannot be an item.
pub fn assert_item<T: Item>() {}

specialize! {
    /// Can this be an item?
    BatchItem<T>(PhantomData<fn() -> T>), else NoItem
}

impl<T> BatchItem<T> {
    /// Where lookup begins.
    pub const NEW: Self = BatchItem(NoItem(PhantomData));
}

impl<T: Hash + Eq + Clone> BatchItem<T> {
    /// The return type of a function over such items, checked.
    pub fn map<S: ReturnType<Value: MapFrom<T>>>(&self, shape: S) -> BatchType<S, T> {
        batch_type(shape)
    }

    /// See [`Site::batch`].
    pub fn batch<K, S, I>(
        &self,
        site: &'static Site,
        instance: I,
        key: KeyType<K>,
        items: usize,
        (shape, mode): (S, Mode),
        rules: impl FnOnce(Builder<K, ValueOf<S>>) -> Builder<K, ValueOf<S>>,
    ) -> Batch<'static, K, S>
    where
        K: CacheKey,
        S: ShareError<Value: BatchMap<Item: Hash + Eq>>,
        I: InstanceKey,
    {
        site.batch(instance, key, items, shape, mode, rules)
    }

    /// See [`Site::batch_under`].
    pub fn batch_under<'a, K, S, I>(
        &self,
        (site, cache): (&'static Site, &'a FnCache<K, ValueOf<S>>),
        instance: I,
        items: usize,
        (shape, mode): (S, Mode),
        rules: impl FnOnce(Builder<K, ValueOf<S>>) -> Builder<K, ValueOf<S>>,
    ) -> Batch<'a, K, S>
    where
        K: CacheKey,
        S: ShareError<Value: BatchMap<Item: Hash + Eq>>,
        I: InstanceKey,
    {
        site.batch_under(instance, cache, items, shape, mode, rules)
    }
}

#[allow(clippy::unused_self, reason = "found by method lookup")]
impl<T> NoItem<T> {
    /// The return type, which is not looked at.
    pub fn map<S>(&self, shape: S) -> UncheckedMap<S> {
        UncheckedMap(shape)
    }

    /// A placeholder.
    #[must_use]
    pub fn batch<S, I>(
        &self,
        _: &'static Site,
        _: I,
        _: KeyType<()>,
        _: usize,
        _: (S, Mode),
        _: impl FnOnce(Builder<(), ()>) -> Builder<(), ()>,
    ) -> PlaceholderCalls<S, T> {
        PlaceholderCalls(PhantomData)
    }

    /// A placeholder.
    #[must_use]
    pub fn batch_under<C, S, I>(
        &self,
        _: (&'static Site, C),
        _: I,
        _: usize,
        _: (S, Mode),
        _: impl FnOnce(Builder<(), ()>) -> Builder<(), ()>,
    ) -> PlaceholderCalls<S, T> {
        PlaceholderCalls(PhantomData)
    }
}

/// A return type that is not looked at.
pub struct UncheckedMap<S>(S);

impl<S> UncheckedMap<S> {
    /// The return type.
    #[must_use]
    pub fn shape(self) -> S {
        self.0
    }
}

/// What takes the place of a batch whose items cannot be one: an assertion reports that, so this never runs.
pub struct PlaceholderCalls<S, T>(PhantomData<fn() -> (S, T)>);

/// What it has found.
pub struct PlaceholderFound;

#[allow(
    clippy::unused_self,
    clippy::needless_pass_by_value,
    reason = "it has the form of a `Batch`"
)]
impl<S: ReturnType, T> PlaceholderCalls<S, T> {
    /// A placeholder.
    #[must_use]
    pub fn at_most(self, _: usize) -> Self {
        self
    }

    /// A placeholder.
    #[must_use]
    pub fn judging(self, _: fn(&S::Error) -> bool) -> Self {
        self
    }

    /// A placeholder.
    #[must_use]
    pub fn timing_out(self, _: fn(TimedOut) -> S::Error) -> Self {
        self
    }

    /// A placeholder.
    #[must_use]
    pub fn find<Q>(&self, _: Q) -> PlaceholderFound {
        PlaceholderFound
    }

    /// A placeholder.
    pub fn push(&mut self, _: T, _: PlaceholderFound) {}

    /// A placeholder.
    pub fn load<B, F>(self, _: B) -> std::future::Ready<S::Return>
    where
        B: Fn(Vec<T>) -> F,
        F: Future<Output = S::Return>,
    {
        never()
    }

    /// A placeholder.
    #[cfg(feature = "shared")]
    pub fn load_shared<B, F>(self, body: B) -> std::future::Ready<S::Return>
    where
        B: Fn(Vec<T>) -> F,
        F: Future<Output = S::Return>,
    {
        self.load(body)
    }
}

impl PlaceholderFound {
    /// A placeholder.
    #[must_use]
    pub fn tagged<G>(self, _: G) -> Self {
        self
    }
}
