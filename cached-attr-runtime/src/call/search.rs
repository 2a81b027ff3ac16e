//! The typed ends of a lookup: a key that looks for its entry, and the place where the answer lands.

use std::any::Any;
use std::cell::Cell;
use std::marker::PhantomData;

use crate::Stored;
use crate::entry::{Body, Pair};
use crate::error::Failure;
use crate::key::{Key, KeyRef};
use crate::shape::{Shape, Share};
use crate::store::{Probe, Taker};

/// A lookup by a borrowed key.
pub(crate) struct Search<'a, K, V, Q> {
    key: &'a Q,
    types: PhantomData<fn() -> (K, V)>,
}

impl<'a, K, V, Q> Search<'a, K, V, Q> {
    pub(crate) fn new(key: &'a Q) -> Self {
        Search {
            key,
            types: PhantomData,
        }
    }
}

impl<K: Key, V: Stored, Q: KeyRef<K>> Probe for Search<'_, K, V, Q> {
    fn is_key(&self, key: &dyn Any) -> bool {
        key.downcast_ref::<K>()
            .is_some_and(|key| self.key.is_key(key))
    }

    fn is_key_of(&self, body: &dyn Body) -> bool {
        let body: &dyn Any = body;
        body.downcast_ref::<Pair<K, V>>()
            .is_some_and(|pair| self.key.is_key(&pair.key))
    }
}

/// Where an answer lands, as the function returns it.
pub(crate) struct Taking<K, S: Shape> {
    answer: Cell<Option<S::Return>>,
    types: PhantomData<fn() -> K>,
}

impl<K, S: Shape> Taking<K, S> {
    pub(crate) fn new() -> Self {
        Taking {
            answer: Cell::new(None),
            types: PhantomData,
        }
    }

    pub(crate) fn into_answer(self) -> Option<S::Return> {
        self.answer.into_inner()
    }
}

impl<K: Key, S: Share<Value: Stored>> Taking<K, S> {
    fn take_from(&self, pair: &Pair<K, S::Value>) -> bool {
        match &pair.answer {
            Ok(value) => {
                self.answer.set(Some(S::wrap(value.clone())));
                true
            }
            Err(failure) => self.adopt(failure),
        }
    }
}

impl<K: Key, S: Share<Value: Stored>> Taker for Taking<K, S> {
    fn take(&self, body: &dyn Body) -> bool {
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
pub(crate) struct Hit<'a, K, S: Shape, Q> {
    pub(crate) key: &'a Q,
    pub(crate) taking: &'a Taking<K, S>,
}

impl<K: Key, S: Share<Value: Stored>, Q: KeyRef<K>> Taker for Hit<'_, K, S, Q> {
    fn take(&self, body: &dyn Body) -> bool {
        let body: &dyn Any = body;
        body.downcast_ref::<Pair<K, S::Value>>()
            .is_some_and(|pair| self.key.is_key(&pair.key) && self.taking.take_from(pair))
    }

    fn adopt(&self, failure: &Failure) -> bool {
        self.taking.adopt(failure)
    }
}
