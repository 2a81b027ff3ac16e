//! `FnCache`: the cache of one function, and how to control it as a whole.

mod entries;
mod explain;
mod key_future;
mod siblings;
#[cfg_attr(not(feature = "shared"), path = "without_tier.rs")]
mod tier;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use crate::Invalidation;
use crate::clock::nanos;
use crate::context::{self, Context};
use crate::panics;
use crate::policy::Policy;
use crate::stats::Stats;
use crate::store::Store;
use crate::write_guard::TierReach;

pub use key_future::KeyFuture;
pub(crate) use siblings::Siblings;

/// A type that can be cached: anything that is `Clone + Send + Sync + 'static`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be cached",
    label = "not `Clone + Send + Sync + 'static`",
    note = "a cached answer is handed to many callers: derive `Clone`, or return an `Arc<…>` of it",
    note = "what borrows from an argument cannot be kept either: return an owned value"
)]
pub trait CacheValue: Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync + 'static> CacheValue for T {}

/// The cache of one function: what its `{function}_cache()` companion returns.
///
/// `K` is the tuple of key arguments (the argument itself when there is one, `()` when there is none),
/// owned; for a text key it is the text. `V` is what is stored: the function's return value, or the `Ok`
/// value of its `Result`. Methods take `&K` or its borrowed form: `"LOQ"`, `("acme", 7)`.
///
/// A clone is another handle to the same cache.
///
/// ```
/// use std::time::Duration;
/// use cached_attr_runtime::FnCache;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let cache: FnCache<(String, u32), String> =
///     FnCache::builder().ttl(Duration::from_secs(60)).capacity(500).build();
/// cache.insert(("acme".to_owned(), 7), "blue".to_owned()).await;
/// assert_eq!(cache.get(("acme", 7)).await.as_deref(), Some("blue"));
///
/// cache.invalidate(("acme", 7)).await;
/// assert_eq!(cache.get(("acme", 7)).await, None);
/// # });
/// ```
pub struct FnCache<K, V> {
    pub(crate) store: Arc<Store>,
    pub(crate) policy: Arc<Policy>,
    /// Other instances of the same function that its companion cannot tell apart.
    siblings: Option<Arc<Siblings>>,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> FnCache<K, V> {
    pub(crate) fn over(store: Arc<Store>, policy: Arc<Policy>) -> Self {
        FnCache {
            store,
            policy,
            siblings: None,
            types: PhantomData,
        }
    }

    /// The cache of an annotated function.
    pub(crate) fn of_site(store: Arc<Store>, policy: Arc<Policy>, siblings: Arc<Siblings>) -> Self {
        FnCache {
            siblings: Some(siblings),
            ..FnCache::over(store, policy)
        }
    }

    /// The store that is meant here: inside [`testing::isolated`](crate::testing::isolated) a test's own.
    fn active_store(&self) -> Arc<Store> {
        if context::is_active() {
            Context::current().active_store(&self.store)
        } else {
            Arc::clone(&self.store)
        }
    }

    /// The stores of all instances that this handle stands for, if there are several.
    fn several(&self) -> Option<Vec<Arc<Store>>> {
        let stores = self.siblings.as_ref()?.stores()?;
        let context = Context::current();
        Some(
            stores
                .iter()
                .map(|store| context.active_store(store))
                .collect(),
        )
    }

    /// Does something to the store, or to those of all instances that this handle stands for.
    fn for_each_store(&self, mut act: impl FnMut(&Store)) {
        match self.several() {
            None => act(&self.active_store()),
            Some(stores) => panics::for_each(stores, |store| act(&store)),
        }
    }

    /// The name in statistics and logs: the function's path, unless `name = …` says otherwise.
    #[must_use]
    pub fn name(&self) -> &str {
        self.store.name()
    }

    /// How many entries are held, expired ones included until they are freed.
    ///
    /// It frees some of those that have expired, but at most a few hundred.
    #[must_use]
    pub fn len(&self) -> usize {
        let mut len = 0;
        self.for_each_store(|store| len += store.len());
        len
    }

    /// Whether no entry is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Frees every entry that can be of no use any more.
    ///
    /// Calls that store or miss free a few of those each, so that memory follows the traffic. A cache that is not
    /// called keeps what it holds: call this, now and then or before a process goes idle, where the memory matters or
    /// the values are secrets.
    pub fn free_expired(&self) {
        self.for_each_store(Store::free_expired);
    }

    /// What the cache has done since it was made.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let mut stats = Stats::default();
        self.for_each_store(|store| stats = stats.plus(store.stats(&self.policy)));
        stats
    }

    /// Trusts answers this long from now on, entries held included. Zero switches the cache off.
    ///
    /// What `negative_ttl` and `error_ttl` say stays.
    pub fn set_ttl(&self, ttl: Duration) {
        self.for_each_store(|store| store.set_ttl(&self.policy, nanos(ttl)));
    }

    /// Switches the cache off or on. While it is off, calls run the function's body and touch nothing;
    /// entries are kept, and invalidations still apply to them.
    pub fn set_enabled(&self, enabled: bool) {
        self.for_each_store(|store| store.set_enabled(enabled));
    }

    /// Removes every entry. No load that began before this returns can store its answer or answer a later
    /// call.
    pub async fn invalidate_all(&self) -> Invalidation {
        let mut removed = 0;
        self.for_each_store(|store| removed += store.invalidate_all());
        let shared = self.invalidate_function().await;
        if shared != TierReach::NotInUse {
            // A load that began meanwhile may have read an old record.
            self.for_each_store(|store| removed += store.invalidate_all());
        }
        Invalidation::new(removed, shared)
    }
}

impl<K, V> FnCache<K, V> {
    pub(crate) fn forget_all(&self) {
        self.for_each_store(|store| {
            store.invalidate_all();
        });
        self.invalidate_function_later();
    }
}

impl<K, V> Clone for FnCache<K, V> {
    fn clone(&self) -> Self {
        FnCache {
            store: Arc::clone(&self.store),
            policy: Arc::clone(&self.policy),
            siblings: self.siblings.clone(),
            types: PhantomData,
        }
    }
}

impl<K, V> fmt::Debug for FnCache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FnCache")
            .field("name", &self.name())
            .field("stats", &self.stats())
            .finish_non_exhaustive()
    }
}
