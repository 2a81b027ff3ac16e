//! What the store needs of typed code: whether a key is the one, and somewhere to put what was found.

use std::any::Any;
use std::sync::Arc;

use crate::entry::{ErasedPair, SharedEntry};
use crate::error::Failure;
use crate::key::CacheKey;

/// A key that is looked for, its type erased.
pub(crate) trait KeyMatcher {
    /// Whether this is the key.
    fn is_key(&self, key: &dyn Any) -> bool;
    /// Whether this is the key of a pair.
    fn is_key_of(&self, pair: &dyn ErasedPair) -> bool {
        self.is_key(pair.key())
    }
}

/// Where an answer goes.
pub(crate) trait AnswerSink {
    /// Takes a clone of what was found: called under the index's guard, so that a hit owns nothing else.
    /// False for an error that the caller's error cannot be made from, or for another key.
    fn accept(&self, pair: &dyn ErasedPair) -> bool;
    /// Takes another call's error, if the caller's can be made from it.
    fn accept_failure(&self, failure: &Failure) -> bool;
}

/// A key with its hash.
#[derive(Clone, Copy)]
pub(crate) struct Query<'a> {
    pub(crate) hash: u64,
    pub(crate) matcher: &'a dyn KeyMatcher,
}

/// A key that is owned, its type erased: a call that loads, its flight and a hold share it.
#[derive(Clone)]
pub(crate) struct OwnedKey {
    key: Arc<dyn Any + Send + Sync>,
    same: fn(&dyn Any, &dyn Any) -> bool,
}

impl OwnedKey {
    pub(crate) fn new<K: CacheKey>(key: K) -> Self {
        OwnedKey {
            key: Arc::new(key),
            same: |one, other| one.downcast_ref::<K>() == other.downcast_ref::<K>(),
        }
    }

    /// The key, typed.
    pub(crate) fn get<K: CacheKey>(&self) -> Option<&K> {
        self.key.downcast_ref()
    }

    pub(crate) fn as_any(&self) -> &dyn Any {
        &*self.key
    }
}

impl KeyMatcher for OwnedKey {
    fn is_key(&self, key: &dyn Any) -> bool {
        (self.same)(&*self.key, key)
    }
}

/// An entry's own key.
impl KeyMatcher for SharedEntry {
    fn is_key(&self, key: &dyn Any) -> bool {
        self.0.pair.is_key(key)
    }
}
