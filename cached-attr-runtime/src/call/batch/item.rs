//! One item of a batch, seen as a call of its own.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hash};
use std::marker::PhantomData;

use crate::CacheValue;
use crate::error::Failure;
use crate::return_type::{ReturnType, ShareError};

/// What a function with `batch` returns, alone or as the `Ok` value of a `Result`: the answers by item.
pub trait BatchMap {
    /// What is asked for.
    type Item;
    /// What is cached for each.
    type Value: CacheValue;

    /// An empty one.
    fn with_room(items: usize) -> Self;
    /// Adds an answer.
    fn put(&mut self, item: Self::Item, value: Self::Value);
    /// An answer, if there is one.
    fn get(&self, item: &Self::Item) -> Option<&Self::Value>;
    /// Takes an answer out, if there is one.
    fn take(&mut self, item: &Self::Item) -> Option<Self::Value>;
}

impl<T: Hash + Eq, V: CacheValue, H: BuildHasher + Default> BatchMap for HashMap<T, V, H> {
    type Item = T;
    type Value = V;

    fn with_room(items: usize) -> Self {
        HashMap::with_capacity_and_hasher(items, H::default())
    }

    fn put(&mut self, item: T, value: V) {
        self.insert(item, value);
    }

    fn get(&self, item: &T) -> Option<&V> {
        HashMap::get(self, item)
    }

    fn take(&mut self, item: &T) -> Option<V> {
        self.remove(item)
    }
}

impl<T: Ord, V: CacheValue> BatchMap for BTreeMap<T, V> {
    type Item = T;
    type Value = V;

    fn with_room(_: usize) -> Self {
        BTreeMap::new()
    }

    fn put(&mut self, item: T, value: V) {
        self.insert(item, value);
    }

    fn get(&self, item: &T) -> Option<&V> {
        BTreeMap::get(self, item)
    }

    fn take(&mut self, item: &T) -> Option<V> {
        self.remove(item)
    }
}

/// What is asked for in one item of such a map.
pub(crate) type ItemOf<S> = <<S as ReturnType>::Value as BatchMap>::Item;
/// What is cached for one.
pub(crate) type ValueOf<S> = <<S as ReturnType>::Value as BatchMap>::Value;

/// What a batch has for one item.
pub enum ItemAnswer<V, E> {
    /// Its value.
    Value(V),
    /// The source has none.
    Absent,
    /// The load has failed.
    Failed(E),
}

/// In place of a value: a successful load had none for the item.
struct NoSuchItem;

/// The failure that stands for it in an entry. A function of a single key, in the same cache, makes nothing of it.
pub(super) fn no_such_item() -> Failure {
    Failure::new(NoSuchItem)
}

/// Why there is no value.
pub enum ItemError<E> {
    /// The source has none.
    Absent,
    /// The load has failed.
    Failed(E),
}

/// The return type of one item: that of the whole batch with the map taken away.
pub struct PerItem<S>(PhantomData<fn() -> S>);

impl<S> PerItem<S> {
    pub(super) const NEW: Self = PerItem(PhantomData);
}

impl<S> Clone for PerItem<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for PerItem<S> {}

impl<S: ReturnType<Value: BatchMap>> ReturnType for PerItem<S> {
    type Return = ItemAnswer<ValueOf<S>, S::Error>;
    type Value = ValueOf<S>;
    type Error = ItemError<S::Error>;

    fn wrap(value: Self::Value) -> Self::Return {
        ItemAnswer::Value(value)
    }

    fn fail(error: Self::Error) -> Self::Return {
        match error {
            ItemError::Absent => ItemAnswer::Absent,
            ItemError::Failed(error) => ItemAnswer::Failed(error),
        }
    }

    fn split(answer: Self::Return) -> Result<Self::Value, Self::Error> {
        match answer {
            ItemAnswer::Value(value) => Ok(value),
            ItemAnswer::Absent => Err(ItemError::Absent),
            ItemAnswer::Failed(error) => Err(ItemError::Failed(error)),
        }
    }

    fn succeeded(&self, answer: &Self::Return) -> bool {
        !matches!(answer, ItemAnswer::Failed(_))
    }
}

impl<S: ShareError<Value: BatchMap>> ShareError for PerItem<S> {
    fn share(error: &Self::Error) -> Option<Failure> {
        match error {
            ItemError::Absent => Some(no_such_item()),
            ItemError::Failed(error) => S::share(error),
        }
    }

    fn adopt(failure: &Failure) -> Option<Self::Error> {
        if failure.get::<NoSuchItem>().is_some() {
            return Some(ItemError::Absent);
        }
        S::adopt(failure).map(ItemError::Failed)
    }
}
