//! The typed ends of a lookup: a key that is compared by reference, and the slot where the answer goes.

use std::any::Any;
use std::cell::Cell;
use std::marker::PhantomData;

use crate::CacheValue;
use crate::entry::{ErasedPair, KeyValue};
use crate::error::Failure;
use crate::key::{CacheKey, KeyRef};
use crate::return_type::{ReturnType, ShareError};
use crate::store::{AnswerSink, KeyMatcher};

/// A lookup by a borrowed key.
pub(crate) struct BorrowedKey<'a, K, V, Q> {
    key: &'a Q,
    types: PhantomData<fn() -> (K, V)>,
}

impl<'a, K, V, Q> BorrowedKey<'a, K, V, Q> {
    pub(crate) fn new(key: &'a Q) -> Self {
        BorrowedKey {
            key,
            types: PhantomData,
        }
    }
}

impl<K: CacheKey, V: CacheValue, Q: KeyRef<K>> KeyMatcher for BorrowedKey<'_, K, V, Q> {
    fn is_key(&self, key: &dyn Any) -> bool {
        key.downcast_ref::<K>()
            .is_some_and(|key| self.key.is_key(key))
    }

    fn is_key_of(&self, pair: &dyn ErasedPair) -> bool {
        let pair: &dyn Any = pair;
        pair.downcast_ref::<KeyValue<K, V>>()
            .is_some_and(|pair| self.key.is_key(&pair.key))
    }
}

/// Where an answer goes, in the form that the function returns.
pub(crate) struct AnswerSlot<K, S: ReturnType> {
    answer: Cell<Option<S::Return>>,
    types: PhantomData<fn() -> K>,
}

impl<K, S: ReturnType> AnswerSlot<K, S> {
    pub(crate) fn new() -> Self {
        AnswerSlot {
            answer: Cell::new(None),
            types: PhantomData,
        }
    }

    pub(crate) fn into_answer(self) -> Option<S::Return> {
        self.answer.into_inner()
    }
}

impl<K: CacheKey, S: ShareError<Value: CacheValue>> AnswerSlot<K, S> {
    fn accept_pair(&self, pair: &KeyValue<K, S::Value>) -> bool {
        match &pair.answer {
            Ok(value) => {
                self.answer.set(Some(S::wrap(value.clone())));
                true
            }
            Err(failure) => self.accept_failure(failure),
        }
    }
}

impl<K: CacheKey, S: ShareError<Value: CacheValue>> AnswerSink for AnswerSlot<K, S> {
    fn accept(&self, pair: &dyn ErasedPair) -> bool {
        let pair: &dyn Any = pair;
        pair.downcast_ref()
            .is_some_and(|pair| self.accept_pair(pair))
    }

    fn accept_failure(&self, failure: &Failure) -> bool {
        let answer = S::adopt(failure).map(S::fail);
        let accepted = answer.is_some();
        self.answer.set(answer);
        accepted
    }
}

/// A hit: compares the key and takes the answer in one step, so that a pair is downcast once.
pub(crate) struct KeyedSlot<'a, K, S: ReturnType, Q> {
    pub(crate) key: &'a Q,
    pub(crate) slot: &'a AnswerSlot<K, S>,
}

impl<K: CacheKey, S: ShareError<Value: CacheValue>, Q: KeyRef<K>> AnswerSink
    for KeyedSlot<'_, K, S, Q>
{
    fn accept(&self, pair: &dyn ErasedPair) -> bool {
        let pair: &dyn Any = pair;
        pair.downcast_ref::<KeyValue<K, S::Value>>()
            .is_some_and(|pair| self.key.is_key(&pair.key) && self.slot.accept_pair(pair))
    }

    fn accept_failure(&self, failure: &Failure) -> bool {
        self.slot.accept_failure(failure)
    }
}
