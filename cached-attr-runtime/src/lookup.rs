//! The typed ends of a lookup: a key that looks for its entry, and the place where the answer lands.

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

    fn is_key_of(&self, body: &dyn ErasedPair) -> bool {
        let body: &dyn Any = body;
        body.downcast_ref::<KeyValue<K, V>>()
            .is_some_and(|pair| self.key.is_key(&pair.key))
    }
}

/// Where an answer lands, as the function returns it.
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
    fn take_from(&self, pair: &KeyValue<K, S::Value>) -> bool {
        match &pair.answer {
            Ok(value) => {
                self.answer.set(Some(S::wrap(value.clone())));
                true
            }
            Err(failure) => self.adopt(failure),
        }
    }
}

impl<K: CacheKey, S: ShareError<Value: CacheValue>> AnswerSink for AnswerSlot<K, S> {
    fn take(&self, body: &dyn ErasedPair) -> bool {
        let body: &dyn Any = body;
        body.downcast_ref().is_some_and(|pair| self.take_from(pair))
    }

    fn adopt(&self, failure: &Failure) -> bool {
        let answer = S::adopt(failure).map(S::fail);
        let adopted = answer.is_some();
        self.answer.set(answer);
        adopted
    }
}

/// A hit: looks at the key and takes the answer in one step.
pub(crate) struct Hit<'a, K, S: ReturnType, Q> {
    pub(crate) key: &'a Q,
    pub(crate) taking: &'a AnswerSlot<K, S>,
}

impl<K: CacheKey, S: ShareError<Value: CacheValue>, Q: KeyRef<K>> AnswerSink for Hit<'_, K, S, Q> {
    fn take(&self, body: &dyn ErasedPair) -> bool {
        let body: &dyn Any = body;
        body.downcast_ref::<KeyValue<K, S::Value>>()
            .is_some_and(|pair| self.key.is_key(&pair.key) && self.taking.take_from(pair))
    }

    fn adopt(&self, failure: &Failure) -> bool {
        self.taking.adopt(failure)
    }
}
