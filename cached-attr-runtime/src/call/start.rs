//! The first half of a call: the lookup.

use std::marker::PhantomData;
use std::sync::Arc;

use super::end::{ErrorRules, IsFailure, TimedOutError};
use super::erased::ErasedCall;
use super::load::Load;
use super::load_context::LoadContext;
#[cfg(feature = "shared")]
use super::load_context::LoadNotes;
use super::owned_load::{OwnedBody, OwnedLoad, run_in_background};
use super::request::Mode;
use super::resolve::Resolve;
#[cfg(feature = "shared")]
use super::shared::around;
use super::slow_path::{Opened, open};
use super::trace;
use crate::CacheValue;
use crate::cache::FnCache;
use crate::context;
use crate::key::{CacheKey, KeyRef};
use crate::lookup::{AnswerSlot, BorrowedKey, KeyedSlot};
use crate::policy::Policy;
use crate::return_type::{ReturnType, ShareError};
use crate::store::{OwnedKey, Query, Tag};

/// What the lookup came to.
pub enum Start<K, S: ReturnType> {
    /// The function's answer.
    Hit(S::Return),
    /// The body has to run, or another call's load to be waited for.
    Miss(Miss<K, S>),
}

/// A call that found no answer in memory.
pub struct Miss<K, S: ReturnType> {
    rules: ErrorRules<S>,
    /// The call has this answer, and the load belongs to no call.
    answer: Option<S::Return>,
    /// None where the body runs and nothing is touched.
    call: Option<ErasedCall>,
    types: PhantomData<fn() -> K>,
}

impl<K, S: ReturnType> Miss<K, S> {
    fn new(answer: Option<S::Return>, call: Option<ErasedCall>) -> Self {
        Miss {
            rules: ErrorRules::new(),
            answer,
            call,
            types: PhantomData,
        }
    }

    /// Says which errors are failures, in place of which a stale answer may be served; another error removes it.
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

    /// Gives the load its tags. Only a call that may load evaluates them.
    #[must_use]
    pub fn tagged<const N: usize>(mut self, tags: impl FnOnce() -> [Tag; N]) -> Self {
        if let Some(call) = &mut self.call {
            call.call().set_tags(tags().into());
        }
        self
    }

    /// Lets the body say how its answer is kept.
    #[must_use]
    pub fn in_context(mut self, context: &LoadContext<S::Value>) -> Self {
        if let Some(call) = &mut self.call {
            call.call().set_notes(context.notes());
        }
        self
    }

    pub(super) fn into_call(self) -> Option<ErasedCall> {
        self.call
    }

    /// Runs the body as a load, or waits for the load of another call.
    ///
    /// Dropping the future drops the body; whoever waits for it starts a load of their own.
    pub fn load<F: Future<Output = S::Return>>(self, body: F) -> Load<K, S, F> {
        Load::new(self.rules, self.call, body)
    }

    /// The same for a `shared` function.
    #[cfg(feature = "shared")]
    pub fn load_shared<F>(
        mut self,
        body: F,
    ) -> Load<K, S, impl Future<Output = S::Return> + use<K, S, F>>
    where
        S: ShareError<Value: CacheValue>,
        F: Future<Output = S::Return>,
    {
        let body = around::<S, F>(self.shared_notes(), self.rules.judge(), body);
        self.load(body)
    }

    /// The tier speaks through the notes.
    #[cfg(feature = "shared")]
    fn shared_notes(&mut self) -> Option<Arc<LoadNotes>> {
        self.call.as_mut().map(|call| call.call().shared_notes())
    }

    /// [`load_owned`](Self::load_owned) for a `shared` function.
    #[cfg(feature = "shared")]
    pub fn load_owned_shared<L, F>(mut self, body: L) -> OwnedLoad<K, S>
    where
        K: CacheKey,
        S: ShareError<Value: CacheValue, Return: Send> + 'static,
        L: FnOnce() -> F,
        F: Future<Output = S::Return> + Send + 'static,
    {
        let notes = self.shared_notes();
        let is_failure = self.rules.judge();
        self.load_owned(move || around::<S, F>(notes, is_failure, body()))
    }

    /// The same for a body that owns what it uses: it may go on in the background, and is made only if it runs.
    pub fn load_owned<L, F>(self, body: L) -> OwnedLoad<K, S>
    where
        K: CacheKey,
        S: ShareError<Value: CacheValue, Return: Send> + 'static,
        L: FnOnce() -> F,
        F: Future<Output = S::Return> + Send + 'static,
    {
        let body: OwnedBody<S> = Box::pin(body());
        let load = Load::new(self.rules, self.call, body);
        match self.answer {
            None => OwnedLoad::pending(load),
            Some(answer) => {
                run_in_background(load);
                OwnedLoad::ready(answer)
            }
        }
    }
}

impl<K, S: ReturnType> Start<K, S> {
    /// See [`Miss::judging`].
    #[must_use]
    pub fn judging(self, is_failure: IsFailure<S>) -> Self {
        match self {
            Start::Hit(answer) => Start::Hit(answer),
            Start::Miss(miss) => Start::Miss(miss.judging(is_failure)),
        }
    }

    /// See [`Miss::timing_out`].
    #[must_use]
    pub fn timing_out(self, timed_out: TimedOutError<S>) -> Self {
        match self {
            Start::Hit(answer) => Start::Hit(answer),
            Start::Miss(miss) => Start::Miss(miss.timing_out(timed_out)),
        }
    }

    /// See [`Miss::tagged`].
    #[must_use]
    pub fn tagged<const N: usize>(self, tags: impl FnOnce() -> [Tag; N]) -> Self {
        match self {
            Start::Hit(answer) => Start::Hit(answer),
            Start::Miss(miss) => Start::Miss(miss.tagged(tags)),
        }
    }

    /// See [`Miss::in_context`].
    #[must_use]
    pub fn in_context(self, context: &LoadContext<S::Value>) -> Self {
        match self {
            Start::Hit(answer) => Start::Hit(answer),
            Start::Miss(miss) => Start::Miss(miss.in_context(context)),
        }
    }

    /// A future of the answer: ready at once after a hit.
    pub fn resolve<F: Future<Output = S::Return>>(self, body: F) -> Resolve<K, S, F> {
        match self {
            Start::Hit(answer) => Resolve::ready(answer),
            Start::Miss(miss) => Resolve::pending(miss.load(body)),
        }
    }

    /// The same with [`Miss::load_shared`].
    #[cfg(feature = "shared")]
    pub fn resolve_shared<F>(
        self,
        body: F,
    ) -> Resolve<K, S, impl Future<Output = S::Return> + use<K, S, F>>
    where
        S: ShareError<Value: CacheValue>,
        F: Future<Output = S::Return>,
    {
        match self {
            Start::Hit(answer) => Resolve::ready(answer),
            Start::Miss(miss) => Resolve::pending(miss.load_shared(body)),
        }
    }

    /// The same with [`Miss::load_owned_shared`].
    #[cfg(feature = "shared")]
    pub fn resolve_owned_shared<L, F>(self, body: L) -> OwnedLoad<K, S>
    where
        K: CacheKey,
        S: ShareError<Value: CacheValue, Return: Send> + 'static,
        L: FnOnce() -> F,
        F: Future<Output = S::Return> + Send + 'static,
    {
        match self {
            Start::Hit(answer) => OwnedLoad::ready(answer),
            Start::Miss(miss) => miss.load_owned_shared(body),
        }
    }

    /// The same with [`Miss::load_owned`].
    pub fn resolve_owned<L, F>(self, body: L) -> OwnedLoad<K, S>
    where
        K: CacheKey,
        S: ShareError<Value: CacheValue, Return: Send> + 'static,
        L: FnOnce() -> F,
        F: Future<Output = S::Return> + Send + 'static,
    {
        match self {
            Start::Hit(answer) => OwnedLoad::ready(answer),
            Start::Miss(miss) => miss.load_owned(body),
        }
    }
}

#[allow(
    clippy::needless_pass_by_value,
    reason = "generated code hands over the key it has just made"
)]
impl<K: CacheKey, V: CacheValue> FnCache<K, V> {
    /// Looks the key up for a call of the function that this cache belongs to.
    #[doc(hidden)]
    #[inline]
    pub fn start<S, Q>(&self, key: Q, _: S, mode: Mode) -> Start<K, S>
    where
        S: ShareError<Value = V>,
        Q: KeyRef<K>,
    {
        self.start_with::<S, Q, false>(&self.policy, &key, mode)
    }

    /// The same for a function that only uses this cache, under its own policy.
    #[doc(hidden)]
    pub fn start_under<S, Q>(
        &self,
        policy: &PolicyOverride,
        key: Q,
        _: S,
        mode: Mode,
    ) -> Start<K, S>
    where
        S: ShareError<Value = V>,
        Q: KeyRef<K>,
    {
        self.start_with::<S, Q, true>(&policy.0, &key, mode)
    }

    /// `BORROWED`: the policy is not the cache's own.
    #[inline]
    fn start_with<S, Q, const BORROWED: bool>(
        &self,
        policy: &Arc<Policy>,
        key: &Q,
        mode: Mode,
    ) -> Start<K, S>
    where
        S: ShareError<Value = V>,
        Q: KeyRef<K>,
    {
        let slot = AnswerSlot::<K, S>::new();
        let hash = self.store.hash(key);
        let plain = mode == Mode::new()
            && !context::is_active()
            && !trace::is_wanted()
            && !self.store.is_off(policy);
        let hit = KeyedSlot { key, slot: &slot };
        let mut call = None;
        let found = if plain {
            self.store.hit(policy, hash, &hit)
        } else {
            Some(false)
        };
        if found == Some(true) {
            if BORROWED {
                policy.count_hit();
            }
        } else {
            let search = BorrowedKey::<K, V, Q>::new(key);
            let query = Query {
                hash,
                matcher: &search,
            };
            let to_key = || OwnedKey::new(key.to_key());
            let is_empty = found.is_none();
            match open(
                (&self.store, policy),
                mode,
                &query,
                is_empty,
                &slot,
                &to_key,
            ) {
                Opened::Miss(missed) => call = Some(missed),
                Opened::Refresh(refresh) => {
                    return Start::Miss(Miss::new(slot.into_answer(), Some(refresh)));
                }
                Opened::Answered | Opened::Bypass => {}
            }
        }
        match slot.into_answer() {
            Some(answer) => Start::Hit(answer),
            None => Start::Miss(Miss::new(None, call)),
        }
    }
}

/// A policy on its own, for `cache = …`.
pub struct PolicyOverride(pub(crate) Arc<Policy>);
