//! `batch = ARG`: one call for many keys, one load for those that are missing.
//!
//! Each item is a [pending call](super::pending) of its own: it joins, leads, waits, is handed stale answers and obeys
//! invalidations as any other does. What is different is that the items that lead have one body between them, or a few
//! where `max_batch` splits them; with `shared` they are read in the tier together before.
//!
//! Overlapping batches cannot wait for each other in a circle: a batch runs its bodies while it waits for the items that
//! others load, so that every load ends without the help of another batch.

pub(crate) mod argument;
mod chunk;
mod finish;
pub(crate) mod item;
#[cfg_attr(not(feature = "shared"), path = "no_look_ups.rs")]
mod look_ups;
pub(crate) mod return_type;
mod run;

use std::collections::HashSet;
use std::hash::Hash;
use std::marker::PhantomData;

use super::end::{ErrorRules, IsFailure, TimedOutError};
use super::erased::ErasedCall;
use super::request::Mode;
#[cfg(feature = "shared")]
use super::shared::around_all;
use super::start::{Miss, PolicyOverride, Start};
use crate::cache::FnCache;
use crate::context::CacheStatus;
use crate::key::{CacheKey, KeyRef};
use crate::return_type::ShareError;
use item::{BatchMap, ItemAnswer, ItemOf, PerItem, ValueOf};
use look_ups::Leases;

use run::BatchLoad;

/// The type of a batch's keys, for the options that see one: the cache is looked up before the first key is made.
pub struct KeyType<K>(PhantomData<fn() -> K>);

impl<K: CacheKey> KeyType<K> {
    /// To be inferred.
    #[must_use]
    pub const fn inferred() -> Self {
        KeyType(PhantomData)
    }

    /// That of such a key.
    pub fn is_of<Q: KeyRef<K>>(&self, _: Q) {}
}

/// A call for many keys, of which each is looked up first.
pub struct Batch<'a, K, S: ShareError<Value: BatchMap>> {
    cache: &'a FnCache<K, ValueOf<S>>,
    /// The function's own, where the cache is another's.
    policy: Option<&'a PolicyOverride>,
    mode: Mode,
    found: Found<S>,
    rules: ErrorRules<S>,
    /// How many items a body is given at most.
    most: usize,
}

/// What the lookups came to.
struct Found<S: ShareError<Value: BatchMap>> {
    answers: S::Value,
    missing: Vec<Missing<ItemOf<S>>>,
    /// The missing ones, each once.
    known: HashSet<ItemOf<S>>,
    /// What is neither read nor stored.
    bypassed: Vec<ItemOf<S>>,
    /// The first stored error.
    error: Option<S::Error>,
    /// The status of the first missing item, if it is wanted: hits after it do not make the call one.
    status: Option<CacheStatus>,
}

/// An item without an answer.
struct Missing<T> {
    item: T,
    call: ErasedCall,
}

impl<'a, K, S: ShareError<Value: BatchMap>> Batch<'a, K, S> {
    pub(crate) fn new(
        cache: &'a FnCache<K, ValueOf<S>>,
        policy: Option<&'a PolicyOverride>,
        mode: Mode,
        items: usize,
    ) -> Self
    where
        ItemOf<S>: Hash + Eq,
    {
        Batch {
            cache,
            policy,
            mode,
            found: Found {
                answers: S::Value::with_room(items),
                missing: Vec::new(),
                known: HashSet::new(),
                bypassed: Vec::new(),
                error: None,
                status: None,
            },
            rules: ErrorRules::new(),
            most: usize::MAX,
        }
    }

    /// Says which errors are failures, in place of which stale answers may be served; another error removes them.
    #[must_use]
    pub fn judging(mut self, is_failure: IsFailure<S>) -> Self {
        self.rules.judge_by(is_failure);
        self
    }

    /// Says which error a load ends with that takes too long.
    #[must_use]
    pub fn timing_out(mut self, timed_out: TimedOutError<S>) -> Self {
        self.rules.time_out_by(timed_out);
        self
    }

    /// Splits the missing items: a body is given so many at most.
    #[must_use]
    pub fn at_most(mut self, items: usize) -> Self {
        self.most = items.max(1);
        self
    }
}

impl<K: CacheKey, S> Batch<'_, K, S>
where
    S: ShareError<Value: BatchMap>,
    ItemOf<S>: Hash + Eq + Clone,
{
    /// Looks one key up.
    #[inline]
    pub fn find<Q: KeyRef<K>>(&self, key: Q) -> Start<K, PerItem<S>> {
        match self.policy {
            None => self.cache.start(key, PerItem::NEW, self.mode),
            Some(policy) => self.cache.start_under(policy, key, PerItem::NEW, self.mode),
        }
    }

    /// Takes what was found for an item.
    #[inline]
    pub fn push(&mut self, item: ItemOf<S>, found: Start<K, PerItem<S>>) {
        match found {
            Start::Hit(ItemAnswer::Value(value)) => self.found.answers.put(item, value),
            Start::Hit(ItemAnswer::Absent) => {}
            Start::Hit(ItemAnswer::Failed(error)) => {
                self.found.error.get_or_insert(error);
            }
            Start::Miss(miss) => self.found.miss(item, miss),
        }
    }

    /// Runs the body for the missing items, and waits for those that others load.
    ///
    /// Dropping the future drops the bodies; whoever waits for them starts a load of their own.
    pub fn load<B, F>(self, body: B) -> impl Future<Output = S::Return> + use<K, S, B, F>
    where
        B: Fn(Vec<ItemOf<S>>) -> F,
        F: Future<Output = S::Return>,
    {
        self.load_under(move |items, _| body(items))
    }

    /// The same for a `shared` function.
    #[cfg(feature = "shared")]
    pub fn load_shared<B, F>(mut self, body: B) -> impl Future<Output = S::Return> + use<K, S, B, F>
    where
        B: Fn(Vec<ItemOf<S>>) -> F,
        F: Future<Output = S::Return>,
    {
        for missing in &mut self.found.missing {
            // The tier speaks through the notes.
            missing.call.call().shared_notes();
        }
        let is_failure = self.rules.judge();
        self.load_under(move |items: Vec<ItemOf<S>>, leases: Leases| {
            let leased = if leases.is_empty() {
                Vec::new()
            } else {
                items.clone()
            };
            around_all::<S, F>(leased, leases, is_failure, body(items))
        })
    }

    fn load_under<B, F>(mut self, body: B) -> BatchLoad<K, S, B, F>
    where
        B: Fn(Vec<ItemOf<S>>, Leases) -> F,
    {
        let forwarded = self.found.status.and_then(|status| {
            let first = self.found.missing.first_mut()?;
            let context = first.call.call().request.context.clone();
            context.record(|last| *last = status);
            Some((context, status))
        });
        BatchLoad::new(self.found, forwarded, self.rules, self.most, body)
    }
}

impl<S> Found<S>
where
    S: ShareError<Value: BatchMap>,
    ItemOf<S>: Hash + Eq + Clone,
{
    #[cold]
    fn miss<K>(&mut self, item: ItemOf<S>, miss: Miss<K, PerItem<S>>) {
        if !self.known.insert(item.clone()) {
            return;
        }
        match miss.into_call() {
            Some(mut call) => {
                if self.missing.is_empty() {
                    let status = &call.call().request.context.status;
                    self.status = status.as_ref().map(|status| status.read());
                }
                self.missing.push(Missing { item, call });
            }
            None => self.bypassed.push(item),
        }
    }
}
