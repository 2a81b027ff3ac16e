//! `CacheHandle`: a cache of this process whose types are not known, for administration.

use std::fmt;
use std::sync::Arc;

use crate::cache_info::{self, CacheInfo};
use crate::context::Context;
use crate::panics;
use crate::policy::Policy;
use crate::registry::{self, Registered};
#[cfg(feature = "shared")]
use crate::shared::invalidate;
use crate::site::{Site, linked};
use crate::store::Store;
#[cfg(feature = "shared")]
use crate::tier::Target;
use crate::write_guard::{Invalidation, TierReach};

/// A cached function, or a cache that was made with [`FnCache::builder`](crate::FnCache::builder): what a page for
/// administration works with. A program that knows the function uses its `{function}_cache()`.
///
/// A clone is another handle to the same cache.
#[derive(Clone)]
pub struct CacheHandle(Source);

#[derive(Clone)]
enum Source {
    Function(&'static Site),
    ByHand(Registered),
}

/// How many entries of a cache are good for what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Census {
    /// They answer calls.
    pub fresh: u64,
    /// Past their ttl, and can still be served if a load fails or while it runs.
    pub stale: u64,
    /// Of no use any more, and not yet freed.
    pub ended: u64,
}

/// A handle to each of what [`caches`](crate::caches) lists, in the same order.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// for cache in cached_attr_runtime::handles() {
///     if cache.info().name.ends_with("price") {
///         cache.invalidate_all().await;
///     }
/// }
/// # });
/// ```
#[must_use]
pub fn handles() -> Vec<CacheHandle> {
    let functions = linked::at_each_place().map(Source::Function);
    let by_hand = registry::all().into_iter().filter(|cache| cache.by_hand);
    let sources = functions.chain(by_hand.map(Source::ByHand));
    let mut handles: Vec<_> = sources.map(CacheHandle).collect();
    handles.sort_by_cached_key(CacheHandle::name);
    handles
}

impl CacheHandle {
    /// What is known of it.
    #[must_use]
    pub fn info(&self) -> CacheInfo {
        let context = Context::current();
        match &self.0 {
            Source::Function(site) => cache_info::of_site(site, &context),
            Source::ByHand(cache) => cache_info::of_cache(cache, &context),
        }
    }

    /// Looks at every entry. For a cache of 10 000 that is about a millisecond.
    #[must_use]
    pub fn census(&self) -> Census {
        let mut census = Census::default();
        for (store, policy) in self.stores() {
            store.count_entries(&policy, &mut census);
        }
        census
    }

    /// Removes every entry; see [`FnCache::invalidate_all`](crate::FnCache::invalidate_all).
    ///
    /// This and the other changes reach every instance of a generic function. They do nothing to a function that has not
    /// been called, and nothing to another's cache that a function uses by `cache = …`: that one has a handle of its own.
    pub async fn invalidate_all(&self) -> Invalidation {
        let mut removed = self.remove_all();
        let shared = self.invalidate_in_tier().await;
        if shared != TierReach::NotInUse {
            // A load that began meanwhile may have read an old record.
            removed += self.remove_all();
        }
        Invalidation::new(removed, shared)
    }

    /// Makes every entry stale from now on; see [`FnCache::expire`](crate::FnCache::expire).
    ///
    /// What the tier has of a `shared` function is invalidated.
    pub async fn expire_all(&self) {
        self.stores().for_each(|(store, _)| store.expire_all());
        if self.invalidate_in_tier().await != TierReach::NotInUse {
            self.stores().for_each(|(store, _)| store.expire_all());
        }
    }

    fn remove_all(&self) -> u64 {
        let mut removed = 0;
        panics::for_each(self.stores(), |(store, _)| {
            removed += store.invalidate_all();
        });
        removed
    }

    #[cfg(feature = "shared")]
    async fn invalidate_in_tier(&self) -> TierReach {
        let shared = self.stores().find_map(|(store, _)| {
            let tier = store.tier()?.clone();
            Some((store, tier))
        });
        match shared {
            None => TierReach::NotInUse,
            Some((store, tier)) => invalidate(&tier, Target::Function(store.shared_name())).await,
        }
    }

    #[cfg(not(feature = "shared"))]
    #[allow(clippy::unused_self, clippy::unused_async, reason = "as with a tier")]
    async fn invalidate_in_tier(&self) -> TierReach {
        TierReach::NotInUse
    }

    /// Switches the cache off or on; see [`FnCache::set_enabled`](crate::FnCache::set_enabled).
    pub fn set_enabled(&self, enabled: bool) {
        self.stores()
            .for_each(|(store, _)| store.set_enabled(enabled));
    }

    fn name(&self) -> String {
        match &self.0 {
            Source::Function(site) => cache_info::name_of(site),
            Source::ByHand(cache) => cache.store.name().to_owned(),
        }
    }

    /// Its own stores, inside `isolated` a test's own.
    fn stores(&self) -> impl Iterator<Item = (Arc<Store>, Arc<Policy>)> {
        let known = match &self.0 {
            Source::Function(site) => {
                let used = site.used().into_iter();
                used.filter_map(|used| Some((used.store?, used.policy)))
                    .collect()
            }
            Source::ByHand(cache) => vec![(Arc::clone(&cache.store), Arc::clone(&cache.policy))],
        };
        let context = Context::current();
        known
            .into_iter()
            .map(move |(store, policy)| (context.active_store(&store), policy))
    }
}

impl fmt::Debug for CacheHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CacheHandle").field(&self.name()).finish()
    }
}
