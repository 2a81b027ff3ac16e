//! Single entries: reading, putting in, taking away.

use std::any::Any;
use std::time::Duration;

use super::key_future::{KeyFuture, Step};
use super::{FnCache, tier};
use crate::Invalidation;
use crate::cache::CacheValue;
use crate::entry::{EntryMeta, ErasedPair, KeyValue, SharedEntry};
use crate::key::{CacheKey, KeyRef};
use crate::lookup::{AnswerSlot, BorrowedKey};
use crate::return_type::Plain;
use crate::store::{FreshnessRequest, Lookup, Query, Store};
use crate::write_guard::{TierReach, WriteGuard};

impl<K: CacheKey, V: CacheValue> FnCache<K, V> {
    /// The fresh answer under a key, or none; never loads.
    ///
    /// For a `shared` function it reads the tier where memory has no answer.
    pub fn get<Q: KeyRef<K>>(&self, key: Q) -> KeyFuture<'_, K, V, Q, Option<V>> {
        KeyFuture::new(self, key, |cache, key| {
            let found = cache.read(&key);
            if found.is_some() || cache.is_off() {
                return Step::Done(found);
            }
            match cache.tier_key(&key) {
                None => Step::Done(None),
                in_tier => Step::InTier(Box::pin(tier::read_key(in_tier))),
            }
        })
    }

    /// The fresh answer that memory has under a key.
    fn read<Q: KeyRef<K>>(&self, key: &Q) -> Option<V> {
        let mut found = None;
        self.for_each_query(key, |store, query| {
            let slot = AnswerSlot::<K, Plain<V>>::new();
            if found.is_some() || store.is_off(&self.policy) {
                return;
            }
            let request = FreshnessRequest::BY_POLICY;
            if let Lookup::Hit { .. } = store.read(&self.policy, query, &slot, &request) {
                found = slot.into_answer();
            }
        });
        found
    }

    /// Whether calls neither read nor write.
    fn is_off(&self) -> bool {
        self.active_store().is_off(&self.policy)
    }

    /// Stores an answer, as if it were loaded now. Loads of the key that are under way are not stored.
    ///
    /// Nothing is stored while a [`WriteGuard`] holds the key, or where the ttl is zero. Where a companion stands for
    /// several instances of a generic function nothing is stored either, since the answer is that of one of them: the
    /// key is invalidated in all.
    pub async fn insert(&self, key: K, value: V) {
        if self.several().is_some() {
            self.invalidate(&key).await;
            return;
        }
        let Some((meta, key, value)) = self.insert_in_tier(key, value).await else {
            return;
        };
        let store = self.active_store();
        let load = meta.load;
        let answer = Ok(value);
        let entry = SharedEntry::new(&meta, KeyValue { key, answer });
        let query = Query {
            hash: load.hash,
            matcher: &entry,
        };
        store.insert(&self.policy, &query, &entry);
    }

    /// What is known of an answer that comes from outside.
    pub(super) fn meta_of(&self, store: &Store, key: &K, value: &V) -> EntryMeta {
        // Made of nothing that another cache may have held too long.
        let load = store.new_load(store.hash::<K>(&key), 0);
        store.meta(&self.policy, &load, key, value, None)
    }

    /// Removes a key in this process alone.
    #[cfg(feature = "shared")]
    pub(super) fn forget_in_process(&self, key: &K) {
        self.remove::<&K>(&key);
    }

    /// Removes a key's entry. No load of the key that began before this returns can store its answer or
    /// answer a later call.
    ///
    /// It takes effect in the first poll: dropping the future after that undoes nothing.
    pub fn invalidate<Q: KeyRef<K>>(&self, key: Q) -> KeyFuture<'_, K, V, Q, Invalidation> {
        KeyFuture::new(self, key, |cache, key| {
            let removed = cache.remove(&key);
            let Some(in_tier) = cache.tier_key(&key) else {
                return Step::Done(Invalidation::new(removed, TierReach::NotInUse));
            };
            let key = key.to_key();
            Step::InTier(Box::pin(async move {
                let shared = tier::invalidate_key(Some(in_tier)).await;
                // A load that began meanwhile may have read the old record.
                let again = cache.remove::<&K>(&&key);
                Invalidation::new(removed + again, shared)
            }))
        })
    }

    /// Invalidates from where nothing can be awaited: a writer that was dropped. In the tier it is queued.
    #[doc(hidden)]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "keys are passed as `get` takes them"
    )]
    pub fn forget<Q: KeyRef<K>>(&self, key: Q) {
        self.remove(&key);
        tier::invalidate_key_later(self.tier_key(&key));
    }

    fn remove<Q: KeyRef<K>>(&self, key: &Q) -> u64 {
        let mut removed = 0;
        self.for_each_query(key, |store, query| {
            removed += u64::from(store.invalidate(query));
        });
        removed
    }

    /// Removes the entries for which `matches` holds, and lets no load that is under way store its answer: it might be
    /// one of them.
    ///
    /// For administration: it looks at every entry, and `matches` must not call this cache. What the tier has of a `shared`
    /// function cannot be looked at: all of it is invalidated there.
    pub async fn invalidate_if<F: Fn(&K, &V) -> bool>(&self, matches: F) -> Invalidation {
        let matches = |pair: &dyn ErasedPair| {
            let pair: &dyn Any = pair;
            let pair = pair.downcast_ref::<KeyValue<K, V>>();
            pair.is_some_and(|pair| match &pair.answer {
                Ok(value) => matches(&pair.key, value),
                Err(_) => false,
            })
        };
        let mut removed = 0;
        let shared = self.invalidate_function().await;
        self.for_each_store(|store| removed += store.invalidate_if(&matches));
        Invalidation::new(removed, shared)
    }

    /// The keys of all entries, in no order, those of expired entries included.
    ///
    /// For administration: it looks at every entry and clones every key.
    #[must_use]
    pub fn keys(&self) -> Vec<K> {
        let mut keys = Vec::new();
        self.for_each_store(|store| {
            keys.extend(
                store
                    .entries()
                    .iter()
                    .filter_map(|entry| entry.0.pair.key().downcast_ref::<K>().cloned()),
            );
        });
        keys
    }

    /// Makes a key's entry stale from now on. Unlike [`invalidate`](Self::invalidate) it leaves what a
    /// failing load may fall back on.
    pub fn expire<Q: KeyRef<K>>(&self, key: Q) -> KeyFuture<'_, K, V, Q, Invalidation> {
        KeyFuture::new(self, key, |cache, key| {
            cache.for_each_query(&key, Store::expire);
            let Some(in_tier) = cache.tier_key(&key) else {
                return Step::Done(Invalidation::new(0, TierReach::NotInUse));
            };
            let key = key.to_key();
            Step::InTier(Box::pin(async move {
                let shared = tier::expire_key(Some(in_tier)).await;
                cache.for_each_query::<&K>(&&key, Store::expire);
                Invalidation::new(0, shared)
            }))
        })
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
    pub fn write<Q: KeyRef<K>>(&self, key: Q) -> KeyFuture<'_, K, V, Q, WriteGuard<K>> {
        KeyFuture::new(self, key, |cache, key| {
            let stores = cache.several();
            let stores = stores.unwrap_or_else(|| vec![cache.active_store()]);
            let hashed = stores.into_iter().map(|store| {
                let hash = store.hash(&key);
                (store, hash)
            });
            let guard = WriteGuard::take(hashed.collect(), key.to_key());
            match cache.tier_key(&key) {
                None => Step::Done(guard),
                in_tier => Step::InTier(Box::pin(guard.in_tier(in_tier))),
            }
        })
    }

    /// How old a key's entry is, fresh or not: from the start of its load, by whichever clock went further.
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "keys are passed as `get` takes them"
    )]
    pub fn age<Q: KeyRef<K>>(&self, key: Q) -> Option<Duration> {
        let mut age = None;
        self.for_each_query(&key, |store, query| age = age.or(store.age(query)));
        age.map(Duration::from_nanos)
    }

    pub(super) fn for_each_query<Q: KeyRef<K>>(
        &self,
        key: &Q,
        mut act: impl FnMut(&Store, &Query<'_>),
    ) {
        let matcher = BorrowedKey::<K, V, Q>::new(key);
        self.for_each_store(|store| {
            let query = Query {
                hash: store.hash(key),
                matcher: &matcher,
            };
            act(store, &query);
        });
    }
}
