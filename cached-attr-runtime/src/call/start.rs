//! The first half of a call: the lookup.

use std::marker::PhantomData;
use std::sync::Arc;

use super::load::{Judge, Load};
use super::pending::Underway;
use super::resolve::Resolve;
use super::slow_path::{Opened, open};
use crate::CacheValue;
use crate::cache::FnCache;
use crate::context;
use crate::key::{CacheKey, KeyRef};
use crate::lookup::{AnswerSlot, BorrowedKey, Hit};
use crate::policy::Policy;
use crate::return_type::{ReturnType, ShareError};
use crate::store::{OwnedKey, Query};

/// The per-call options of an attribute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mode {
    pub(super) bypass: bool,
    pub(super) refresh: bool,
}

impl Mode {
    /// A call like any other.
    #[must_use]
    pub const fn new() -> Self {
        Mode {
            bypass: false,
            refresh: false,
        }
    }

    /// `bypass = …`
    #[must_use]
    pub const fn bypass(mut self, bypass: bool) -> Self {
        self.bypass = bypass;
        self
    }

    /// `refresh = …`
    #[must_use]
    pub const fn refresh(mut self, refresh: bool) -> Self {
        self.refresh = refresh;
        self
    }
}

/// What the lookup came to.
pub enum Start<K, S: ReturnType> {
    /// The function's answer.
    Hit(S::Return),
    /// The body has to run, or somebody else's to be waited for.
    Miss(Miss<K, S>),
}

/// A call that found no answer in memory.
pub struct Miss<K, S: ReturnType> {
    judge: Option<Judge<S>>,
    /// None where the body runs and nothing is touched.
    call: Option<Underway>,
    types: PhantomData<fn() -> K>,
}

impl<K, S: ReturnType> Miss<K, S> {
    /// Says which errors are failures that an old answer may stand in for; another error removes it.
    #[must_use]
    pub fn judging(mut self, is_failure: Judge<S>) -> Self {
        self.judge = Some(is_failure);
        self
    }

    /// Runs the body as a load, or waits for the load of another call.
    ///
    /// Dropping the future drops the body; whoever waits for it starts a load of their own.
    pub fn load<F: Future<Output = S::Return>>(self, body: F) -> Load<K, S, F> {
        Load::new(self.judge, self.call, body)
    }
}

impl<K, S: ReturnType> Start<K, S> {
    /// See [`Miss::judging`].
    #[must_use]
    pub fn judging(self, is_failure: Judge<S>) -> Self {
        match self {
            Start::Hit(answer) => Start::Hit(answer),
            Start::Miss(miss) => Start::Miss(miss.judging(is_failure)),
        }
    }

    /// A future of the answer: ready at once after a hit.
    pub fn resolve<F: Future<Output = S::Return>>(self, body: F) -> Resolve<K, S, F> {
        match self {
            Start::Hit(answer) => Resolve::ready(answer),
            Start::Miss(miss) => Resolve::pending(miss.load(body)),
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
        self.start_with(&self.policy, &key, mode)
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
        self.start_with(&policy.0, &key, mode)
    }

    #[inline]
    fn start_with<S, Q>(&self, policy: &Arc<Policy>, key: &Q, mode: Mode) -> Start<K, S>
    where
        S: ShareError<Value = V>,
        Q: KeyRef<K>,
    {
        let taking = AnswerSlot::<K, S>::new();
        let hash = self.store.hash(key);
        let plain = mode == Mode::new() && !context::is_active() && !self.store.is_off(policy);
        let hit = Hit {
            key,
            taking: &taking,
        };
        let mut call = None;
        if !plain || !self.store.hit(policy, hash, &hit) {
            let search = BorrowedKey::<K, V, Q>::new(key);
            let query = Query {
                hash,
                matcher: &search,
            };
            let own = || OwnedKey::new(key.to_key());
            match open(&self.store, policy, mode, &query, &taking, &own) {
                Opened::Miss(missed) => call = Some(missed),
                Opened::Found | Opened::Bypass => {}
            }
        }
        match taking.into_answer() {
            Some(answer) => Start::Hit(answer),
            None => Start::Miss(Miss {
                judge: None,
                call,
                types: PhantomData,
            }),
        }
    }
}

/// A policy on its own, for `cache = …`.
pub struct PolicyOverride(pub(crate) Arc<Policy>);
