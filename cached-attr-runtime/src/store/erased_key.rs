//! What the store asks of typed code: whether a key is the one, and to take what was found.

use std::any::Any;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use equivalent::Equivalent;

use crate::entry::{ErasedPair, SharedEntry};
use crate::error::Failure;
use crate::key::CacheKey;

/// A key that somebody looks for, its type forgotten.
pub(crate) trait KeyMatcher {
    /// Whether this is the key.
    fn is_key(&self, key: &dyn Any) -> bool;
    /// Whether this is the key of a body.
    fn is_key_of(&self, body: &dyn ErasedPair) -> bool {
        self.is_key(body.key())
    }
}

/// Somebody who wants the answer.
pub(crate) trait AnswerSink {
    /// Takes a clone of what was found: called under the index's guard, so that a hit owns nothing else.
    /// False for an error that the taker cannot make its own from, or another key than it has in mind.
    fn take(&self, body: &dyn ErasedPair) -> bool;
    /// Takes another call's error, if it can.
    fn adopt(&self, failure: &Failure) -> bool;
}

/// A key with its hash.
#[derive(Clone, Copy)]
pub(crate) struct Query<'a> {
    pub(crate) hash: u64,
    pub(crate) matcher: &'a dyn KeyMatcher,
}

impl Hash for Query<'_> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl Equivalent<SharedEntry> for Query<'_> {
    #[inline]
    fn equivalent(&self, resident: &SharedEntry) -> bool {
        self.hash == resident.0.hash && self.matcher.is_key_of(&resident.0.body)
    }
}

/// Whatever has this hash. On the way of a hit the taker looks at the key when it takes the answer, so that a
/// body is asked once.
#[derive(Clone, Copy)]
pub(crate) struct ByHash(pub(crate) u64);

impl Hash for ByHash {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0);
    }
}

impl Equivalent<SharedEntry> for ByHash {
    #[inline]
    fn equivalent(&self, resident: &SharedEntry) -> bool {
        self.0 == resident.0.hash
    }
}

/// An entry looks for its own key.
impl KeyMatcher for SharedEntry {
    fn is_key(&self, key: &dyn Any) -> bool {
        self.0.body.is_key(key)
    }
}

/// A key that is owned, its type forgotten: a call that loads, its flight and a hold share it.
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
