//! `Builder`: the options of a cache, typed by its key and value.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{NEVER, SECOND, nanos};
use crate::policy::{Jitter, Limits, Policy, Ttl};
#[cfg(feature = "shared")]
use crate::shared::Sharing;
use crate::store::Store;
#[cfg(feature = "shared")]
use crate::tier::Json;
use crate::{CacheKey, CacheValue, FnCache, method_name, registry};

/// The options of a cache: [`FnCache::builder`], and what an attribute's options become.
#[must_use = "a builder does nothing until `build`"]
pub struct Builder<K, V> {
    rules: Rules,
    types: PhantomData<fn() -> (K, V)>,
}

/// The same, the types forgotten.
pub(crate) struct Rules {
    pub(crate) name: Arc<str>,
    pub(crate) policy: Policy,
    pub(crate) limits: Limits,
}

impl Rules {
    pub(crate) fn new(name: &str) -> Self {
        Rules {
            name: name.into(),
            policy: Policy::new(Ttl::Fixed(NEVER)),
            limits: Limits {
                capacity: CAPACITY,
                weigh: None,
                tti: 0,
                single: false,
                max_background: MAX_BACKGROUND,
                #[cfg(feature = "shared")]
                sharing: None,
            },
        }
    }

    pub(crate) fn build(self, by_hand: bool) -> (Arc<Store>, Arc<Policy>) {
        let store = Arc::new(Store::new(self.name, Arc::new(self.limits)));
        let policy = self.policy.into_shared();
        #[cfg(feature = "shared")]
        store.claim_name();
        registry::register(&store, &policy, by_hand);
        (store, policy)
    }
}

/// As many entries as a cache holds when nothing else is said.
const CAPACITY: u64 = 10_000;

/// As many loads of a cache run in the background at once when nothing else is said.
const MAX_BACKGROUND: usize = 64;

impl<K: 'static, V: 'static> Builder<K, V> {
    pub(crate) fn over(rules: Rules) -> Self {
        Builder {
            rules,
            types: PhantomData,
        }
    }

    pub(crate) fn into_rules(self) -> Rules {
        self.rules
    }

    /// The name in statistics and logs.
    pub fn name(mut self, name: &str) -> Self {
        self.rules.name = name.into();
        self
    }

    /// The cache of a method of this type, which is a part of its name.
    #[doc(hidden)]
    pub fn of_type<T: ?Sized>(mut self) -> Self {
        self.rules.name = method_name::of::<T>(&self.rules.name).into();
        self
    }

    /// How long an answer is fresh, counted from the start of its load. Zero switches the cache off. Without
    /// this an answer never grows old.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.rules.policy.ttl = Ttl::Fixed(nanos(ttl));
        self
    }

    /// The value says how long it is fresh. What says zero is not stored.
    pub fn ttl_by<F>(mut self, ttl: F) -> Self
    where
        F: Fn(&V) -> Duration + Send + Sync + 'static,
    {
        self.rules.policy.ttl = Ttl::PerValue(Box::new(move |value| {
            typed(value).map_or(Duration::ZERO, &ttl)
        }));
        self
    }

    /// Answers never grow old.
    pub fn ttl_never(mut self) -> Self {
        self.rules.policy.ttl = Ttl::Fixed(NEVER);
        self
    }

    /// Stores only these answers.
    pub fn store_if<F>(mut self, judge: F) -> Self
    where
        F: Fn(&V) -> bool + Send + Sync + 'static,
    {
        self.rules.policy.store_if = Some(Box::new(move |value| typed(value).is_some_and(&judge)));
        self
    }

    /// Another lifetime for values that say that there is none.
    pub fn negative_ttl<F>(mut self, ttl: Duration, is_absent: F) -> Self
    where
        F: Fn(&V) -> bool + Send + Sync + 'static,
    {
        let is_absent = move |value: &dyn Any| typed(value).is_some_and(&is_absent);
        self.rules.policy.negative = Some((nanos(ttl), Box::new(is_absent)));
        self
    }

    /// Remembers errors this long.
    pub fn error_ttl(mut self, ttl: Duration) -> Self {
        self.rules.policy.error_ttl = nanos(ttl);
        self
    }

    /// Serves an answer for this long past its lifetime when a load fails
    /// ([RFC 5861](https://www.rfc-editor.org/rfc/rfc5861#section-4)).
    pub fn stale_if_error(mut self, window: Duration) -> Self {
        self.rules.policy.stale_if_error = nanos(window);
        self
    }

    /// After such a failure leaves the source alone for this long; one second where nothing is said.
    pub fn retry_after(mut self, pause: Duration) -> Self {
        self.rules.policy.retry_after = nanos(pause);
        self
    }

    /// Serves an answer for this long past its lifetime while it is loaded anew in the background
    /// ([RFC 5861](https://www.rfc-editor.org/rfc/rfc5861#section-3)).
    #[doc(hidden)]
    pub fn stale_while_revalidate(mut self, window: Duration) -> Self {
        self.rules.policy.stale_while_revalidate = nanos(window);
        self
    }

    /// From this part of its lifetime on loads an answer anew in the background.
    #[doc(hidden)]
    pub fn refresh_ahead(mut self, part: f64) -> Self {
        self.rules.policy.refresh_ahead(part);
        self
    }

    /// Ends a load that takes longer.
    #[doc(hidden)]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.rules.policy.timeout = nanos(limit);
        self
    }

    /// Serves a stale answer in place of a load that takes longer, which goes on in the background.
    #[doc(hidden)]
    pub fn soft_timeout(mut self, limit: Duration) -> Self {
        self.rules.policy.soft_timeout = nanos(limit);
        self
    }

    /// Keeps answers past their lifetime for the load that replaces them: for a day.
    #[doc(hidden)]
    pub fn keep_replaced(mut self) -> Self {
        self.rules.policy.keep_replaced = 24 * 60 * 60 * SECOND;
        self
    }

    /// How many loads run in the background at once; 64 where nothing is said. Beyond that an answer is not refreshed
    /// until a later call.
    pub fn max_background(mut self, loads: u64) -> Self {
        self.rules.limits.max_background = usize::try_from(loads).unwrap_or(usize::MAX);
        self
    }

    /// How many entries are held at most (or how much weight, with [`weigh`](Self::weigh)), give or take
    /// maintenance that is due: 10 % or 64. 10 000 where nothing is said.
    pub fn capacity(mut self, entries: u64) -> Self {
        self.rules.limits.capacity = entries;
        self
    }

    /// What an entry weighs.
    pub fn weigh<F>(mut self, weigh: F) -> Self
    where
        F: Fn(&K, &V) -> u32 + Send + Sync + 'static,
    {
        self.rules.limits.weigh = Some(Box::new(move |key, value| {
            match (typed(key), typed(value)) {
                (Some(key), Some(value)) => weigh(key, value),
                _ => 1,
            }
        }));
        self
    }

    /// Drops an entry that was not read for this long.
    pub fn tti(mut self, idle: Duration) -> Self {
        self.rules.limits.tti = nanos(idle);
        self
    }

    /// Shortens each entry's lifetime by a random amount up to this, so that entries loaded together do not
    /// expire together.
    pub fn jitter(mut self, most: Duration) -> Self {
        self.rules.policy.jitter = Jitter::Span(nanos(most));
        self
    }

    /// The same as a part of the lifetime: `0.1` shortens it by up to a tenth.
    pub fn jitter_ratio(mut self, most: f64) -> Self {
        self.rules.policy.jitter = Jitter::Ratio(most);
        self
    }

    /// The key is one constant: no map is needed.
    #[doc(hidden)]
    pub fn single(mut self) -> Self {
        self.rules.limits.single = true;
        self
    }

    /// Keeps answers in the shared tier as well.
    #[cfg(feature = "shared")]
    #[doc(hidden)]
    pub fn shared<F>(mut self, key_text: F) -> Self
    where
        K: CacheKey,
        V: CacheValue + serde::Serialize + serde::de::DeserializeOwned,
        F: Fn(&K) -> String + Send + Sync + 'static,
    {
        let sharing = Sharing::new::<K, V, _, _>(Json, key_text);
        self.rules.limits.sharing = Some(sharing);
        self
    }

    /// How long a copy of what the shared tier has is kept in memory.
    #[cfg(feature = "shared")]
    #[doc(hidden)]
    pub fn local_ttl(mut self, ttl: Duration) -> Self {
        if let Some(sharing) = &mut self.rules.limits.sharing {
            sharing.local_ttl = nanos(ttl);
        }
        self
    }

    /// Makes the cache.
    #[must_use]
    pub fn build(self) -> FnCache<K, V> {
        let (store, policy) = self.rules.build(true);
        FnCache::over(store, policy)
    }
}

impl<K: CacheKey, V: CacheValue> FnCache<K, V> {
    /// Makes a cache of its own, for `cache = …`.
    pub fn builder() -> Builder<K, V> {
        Builder::over(Rules::new("cache"))
    }
}

fn typed<T: 'static>(erased: &dyn Any) -> Option<&T> {
    erased.downcast_ref()
}

impl<K, V> fmt::Debug for Builder<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("name", &self.rules.name)
            .field("capacity", &self.rules.limits.capacity)
            .finish_non_exhaustive()
    }
}
