//! The return type of a function with `batch`, checked; a [placeholder](crate::return_type::placeholder) where it is none.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};
use std::marker::PhantomData;
use std::ops::Deref;

use super::item::BatchMap;
use crate::__private::never;
use crate::CacheValue;
use crate::error::Failure;
use crate::return_type::placeholder::specialize;
use crate::return_type::{ReturnType, ShareError};

/// A map from such items to values that can be stored.
#[diagnostic::on_unimplemented(
    message = "a function with `batch` returns a map from its items to their values, which `{Self}` is not",
    label = "not a map from `{Item}`",
    note = "return `HashMap<{Item}, Value>` or `BTreeMap<{Item}, Value>`, or a `Result` of it"
)]
pub trait MapFrom<Item> {}

impl<T: Hash + Eq, V: CacheValue, H: BuildHasher + Default> MapFrom<T> for HashMap<T, V, H> {}

impl<T: Ord, V: CacheValue> MapFrom<T> for BTreeMap<T, V> {}

specialize! {
    /// Is this a return type of a function with `batch` over such items?
    BatchType<S, Item>(S, PhantomData<Item>), else NotBatchType
}

/// Where lookup begins; its bound is what the compiler reports at the user's type.
#[must_use]
pub fn batch_type<S: ReturnType<Value: MapFrom<Item>>, Item>(shape: S) -> BatchType<S, Item> {
    BatchType(NotBatchType(shape, PhantomData))
}

impl<S: ShareError<Value: BatchMap<Item = Item>>, Item> BatchType<S, Item> {
    /// The return type.
    #[must_use]
    pub fn shape(self) -> S {
        self.0.0
    }
}

impl<S: ReturnType, Item> NotBatchType<S, Item> {
    /// A placeholder.
    #[must_use]
    pub fn shape(&self) -> PlaceholderBatch<S, Item> {
        PlaceholderBatch(self.0, PhantomData)
    }
}

/// A return type of which nothing is stored.
pub struct PlaceholderBatch<S, Item>(S, PhantomData<fn() -> Item>);

impl<S: Copy, Item> Clone for PlaceholderBatch<S, Item> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Copy, Item> Copy for PlaceholderBatch<S, Item> {}

/// Its map.
pub struct PlaceholderMap<Item>(PhantomData<fn() -> Item>);

impl<Item> BatchMap for PlaceholderMap<Item> {
    type Item = Item;
    type Value = ();

    fn with_room(_: usize) -> Self {
        never()
    }

    fn put(&mut self, _: Item, (): ()) {}

    fn get(&self, _: &Item) -> Option<&()> {
        None
    }

    fn take(&mut self, _: &Item) -> Option<()> {
        None
    }
}

impl<S: ReturnType, Item> ReturnType for PlaceholderBatch<S, Item> {
    type Return = S::Return;
    type Value = PlaceholderMap<Item>;
    type Error = S::Error;

    fn wrap(_: Self::Value) -> S::Return {
        never()
    }

    fn fail(error: S::Error) -> S::Return {
        S::fail(error)
    }

    fn split(answer: S::Return) -> Result<Self::Value, S::Error> {
        S::split(answer).map(|_| never())
    }

    fn succeeded(&self, answer: &S::Return) -> bool {
        self.0.succeeded(answer)
    }
}

impl<S: ShareError, Item> ShareError for PlaceholderBatch<S, Item> {
    fn share(error: &S::Error) -> Option<Failure> {
        S::share(error)
    }

    fn adopt(failure: &Failure) -> Option<S::Error> {
        S::adopt(failure)
    }
}
