//! Saying in words what the next call would do.

use super::FnCache;
use crate::cache::CacheValue;
use crate::explanation::Explanation;
use crate::key::{CacheKey, KeyRef};

impl<K: CacheKey, V: CacheValue> FnCache<K, V> {
    /// Why the next call of a key would be answered as it would, for logs, tests and questions at three in the morning.
    /// It changes nothing, and is not counted as a read.
    ///
    /// Where a companion stands for several instances of a generic function, it explains the first of them that has
    /// anything under the key.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use cached_attr_runtime::{FnCache, NextCall};
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// # let price_cache: FnCache<String, u32> = FnCache::builder().build();
    /// let why = price_cache.explain("apple");
    /// assert_eq!(why.next_call(), NextCall::Load);
    /// assert_eq!(why.to_string(), "miss: there is no answer");
    /// # });
    /// ```
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "keys are passed as `get` takes them"
    )]
    pub fn explain<Q: KeyRef<K>>(&self, key: Q) -> Explanation {
        let mut found: Option<Explanation> = None;
        self.for_each_query(&key, |store, query| {
            if !found.as_ref().is_some_and(Explanation::is_of_the_key) {
                found = Some(store.explain(&self.policy, query));
            }
        });
        found.unwrap_or(Explanation::NOTHING)
    }
}
