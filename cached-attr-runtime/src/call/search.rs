//! A typed key that looks for its entry, and the answer it finds.

use std::any::Any;
use std::cell::Cell;
use std::marker::PhantomData;

use crate::Stored;
use crate::entry::{Body, Pair};
use crate::error::Failure;
use crate::key::{Key, KeyRef};
use crate::shape::Shape;
use crate::store::Probe;

/// A lookup by a borrowed key.
pub(crate) struct Search<'a, K, Q, S: Shape> {
    key: &'a Q,
    answer: Cell<Option<S::Return>>,
    types: PhantomData<fn() -> K>,
}

impl<'a, K, Q, S: Shape> Search<'a, K, Q, S> {
    pub(crate) fn new(key: &'a Q) -> Self {
        Search {
            key,
            answer: Cell::new(None),
            types: PhantomData,
        }
    }

    /// What was found, as the function returns it. None also where an error was found that the caller cannot
    /// make its own from.
    pub(crate) fn into_answer(self) -> Option<S::Return> {
        self.answer.into_inner()
    }

    /// The same, for a search that goes on.
    pub(crate) fn take_answer(&self) -> Option<S::Return> {
        self.answer.take()
    }
}

impl<K, Q, S> Probe for Search<'_, K, Q, S>
where
    K: Key,
    Q: KeyRef<K>,
    S: Shape<Value: Stored>,
{
    fn is_key(&self, key: &dyn Any) -> bool {
        key.downcast_ref::<K>()
            .is_some_and(|key| self.key.is_key(key))
    }

    fn is_key_of(&self, body: &dyn Body) -> bool {
        let body: &dyn Any = body;
        body.downcast_ref::<Pair<K, S::Value>>()
            .is_some_and(|pair| self.key.is_key(&pair.key))
    }

    fn take(&self, body: &dyn Body) {
        self.answer.set(answer::<K, S>(body));
    }
}

/// An entry's answer as the function returns it.
pub(crate) fn answer<K: Key, S: Shape<Value: Stored>>(body: &dyn Body) -> Option<S::Return> {
    let body: &dyn Any = body;
    match &body.downcast_ref::<Pair<K, S::Value>>()?.answer {
        Ok(value) => Some(S::wrap(value.clone())),
        Err(failure) => adopt::<S>(failure),
    }
}

/// Another call's error as one's own.
pub(crate) fn adopt<S: Shape>(failure: &Failure) -> Option<S::Return> {
    S::adopt(failure).map(S::fail)
}
