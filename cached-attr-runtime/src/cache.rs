//! `FnCache`: the cache of one function, and how to control it.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use crate::builder::Rules;
use crate::clock::nanos;
use crate::context::{self, Context};
use crate::entry::{KeyValue, SharedEntry};
use crate::key::{CacheKey, KeyRef};
use crate::lookup::{AnswerSlot, BorrowedKey};
use crate::policy::{NEVER, Policy};
use crate::return_type::Plain;
use crate::stats::Stats;
use crate::store::{Found, FreshnessRequest, Query, Store};
use crate::write_guard::WriteGuard;
use crate::{Builder, Invalidation};

/// A type that can be remembered: anything that is `Clone + Send + Sync + 'static`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be remembered",
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
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> FnCache<K, V> {
    pub(crate) fn over(store: Arc<Store>, policy: Arc<Policy>) -> Self {
        FnCache {
            store,
            policy,
            types: PhantomData,
        }
    }

    /// The store that is meant here: inside [`testing::isolated`](crate::testing::isolated) a test's own.
    fn here(&self) -> Arc<Store> {
        if context::is_active() {
            Context::current().store(&self.store)
        } else {
            Arc::clone(&self.store)
        }
    }

    /// The name in statistics and logs: the function's path, unless `name = …` says otherwise.
    #[must_use]
    pub fn name(&self) -> &str {
        self.store.name()
    }

    /// How many entries are held, expired ones included until they are freed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.here().len()
    }

    /// Whether no entry is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What the cache has done since it was made.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.here().stats(&self.policy)
    }

    /// Trusts answers this long from now on, entries held included. Zero switches the cache off.
    ///
    /// What `negative_ttl` and `error_ttl` say stays.
    pub fn set_ttl(&self, ttl: Duration) {
        self.here().set_ttl(&self.policy, nanos(ttl));
    }

    /// Switches the cache off or on. While it is off, calls run the function's body and touch nothing;
    /// entries are kept, and invalidations still apply to them.
    pub fn set_enabled(&self, enabled: bool) {
        self.here().set_enabled(enabled);
    }

    /// Removes every entry. No load that began before this returns can store its answer or answer a later
    /// call.
    #[allow(
        clippy::unused_async,
        reason = "the shared tier will be waited for here"
    )]
    pub async fn invalidate_all(&self) -> Invalidation {
        self.here().invalidate_all();
        Invalidation::in_process()
    }
}

impl<K: CacheKey, V: CacheValue> FnCache<K, V> {
    /// Makes a cache of its own, for `cache = …`.
    pub fn builder() -> Builder<K, V> {
        Builder::over(Rules::new("cache"))
    }

    /// The fresh answer under a key, or none; never loads.
    #[allow(
        clippy::unused_async,
        reason = "the shared tier will be waited for here"
    )]
    pub async fn get<Q: KeyRef<K>>(&self, key: Q) -> Option<V> {
        let store = self.here();
        if store.is_off(&self.policy) {
            return None;
        }
        let taking = AnswerSlot::<K, Plain<V>>::new();
        let search = BorrowedKey::<K, V, Q>::new(&key);
        let query = Query {
            hash: store.hash(&key),
            matcher: &search,
        };
        let wanted = FreshnessRequest {
            oldest: NEVER,
            since: 0,
            within: NEVER,
        };
        match store.read(&self.policy, &query, &taking, &wanted) {
            Found::Hit { .. } => taking.into_answer(),
            _ => None,
        }
    }

    /// Stores an answer, as if it were loaded now. Loads of the key that are under way are not stored.
    ///
    /// Nothing is stored while a [`WriteGuard`] holds the key, or where the ttl is zero.
    #[allow(
        clippy::unused_async,
        reason = "the shared tier will be waited for here"
    )]
    pub async fn insert(&self, key: K, value: V) {
        let store = self.here();
        let origin = store.origin(store.hash::<K>(&&key));
        let facts = store.facts(&self.policy, &origin, &key, &value);
        let answer = Ok(value);
        let resident = SharedEntry::new(&facts, KeyValue { key, answer });
        let query = Query {
            hash: origin.hash,
            matcher: &resident,
        };
        store.insert(&self.policy, &query, &resident);
    }

    /// Removes a key's entry. No load of the key that began before this returns can store its answer or
    /// answer a later call.
    ///
    /// It takes effect in the first poll: dropping the future after that undoes nothing.
    #[allow(
        clippy::unused_async,
        reason = "the shared tier will be waited for here"
    )]
    pub async fn invalidate<Q: KeyRef<K>>(&self, key: Q) -> Invalidation {
        self.with_query(&key, Store::invalidate);
        Invalidation::in_process()
    }

    /// Invalidates in this process, from where nothing can be awaited: a writer that was dropped.
    #[doc(hidden)]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "keys are passed as `get` takes them"
    )]
    pub fn forget<Q: KeyRef<K>>(&self, key: Q) {
        self.with_query(&key, Store::invalidate);
    }

    /// Makes a key's entry stale from now on. Unlike [`invalidate`](Self::invalidate) it leaves what a
    /// failing load may fall back on.
    #[allow(
        clippy::unused_async,
        reason = "the shared tier will be waited for here"
    )]
    pub async fn expire<Q: KeyRef<K>>(&self, key: Q) -> Invalidation {
        self.with_query(&key, Store::expire);
        Invalidation::in_process()
    }

    /// The strict form of invalidation, for a writer: taking the guard removes the entry; while it lives no
    /// load of the key is stored; [`commit`](WriteGuard::commit) or dropping it ends that.
    ///
    /// ```
    /// # use cached_attr_runtime::FnCache;
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// # let cache: FnCache<String, u32> = FnCache::builder().build();
    /// # async fn save() {}
    /// let guard = cache.write("LOQ").await;
    /// save().await; // a crash between the source's commit and the next line leaves nothing stale
    /// guard.commit().await;
    /// # });
    /// ```
    #[allow(
        clippy::unused_async,
        reason = "the shared tier will be waited for here"
    )]
    pub async fn write<Q: KeyRef<K>>(&self, key: Q) -> WriteGuard<K> {
        let store = self.here();
        let hash = store.hash(&key);
        WriteGuard::take(store, hash, key.to_key())
    }

    /// How old a key's entry is, fresh or not: from the start of its load, by whichever clock went further.
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "keys are passed as `get` takes them"
    )]
    pub fn age<Q: KeyRef<K>>(&self, key: Q) -> Option<Duration> {
        self.with_query(&key, Store::age).map(Duration::from_nanos)
    }

    fn with_query<Q: KeyRef<K>, R>(&self, key: &Q, act: impl FnOnce(&Store, &Query<'_>) -> R) -> R {
        let store = self.here();
        let search = BorrowedKey::<K, V, Q>::new(key);
        let query = Query {
            hash: store.hash(key),
            matcher: &search,
        };
        act(&store, &query)
    }
}

impl<K, V> Clone for FnCache<K, V> {
    fn clone(&self) -> Self {
        FnCache::over(Arc::clone(&self.store), Arc::clone(&self.policy))
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
