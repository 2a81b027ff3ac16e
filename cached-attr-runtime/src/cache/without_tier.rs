//! What the methods of a cache do in the shared tier: nothing, where the feature `shared` is off.

use super::FnCache;
use crate::cache::CacheValue;
use crate::entry::EntryMeta;
use crate::key::{CacheKey, KeyRef};
use crate::write_guard::{TierKey, TierReach};

#[allow(clippy::unused_self, clippy::unused_async, reason = "as with a tier")]
impl<K, V> FnCache<K, V> {
    pub(super) async fn invalidate_function(&self) -> TierReach {
        TierReach::NotInUse
    }

    pub(super) fn invalidate_function_later(&self) {}
}

#[allow(clippy::unused_self, reason = "as with a tier")]
impl<K: CacheKey, V> FnCache<K, V> {
    pub(super) fn tier_key<Q: KeyRef<K>>(&self, _: &Q) -> Option<TierKey> {
        None
    }
}

#[allow(clippy::unused_async, reason = "as with a tier")]
pub(super) async fn invalidate_key(_: Option<TierKey>) -> TierReach {
    TierReach::NotInUse
}

pub(super) fn invalidate_key_later(_: Option<TierKey>) {}

#[allow(clippy::unused_async, reason = "as with a tier")]
pub(super) async fn expire_key(_: Option<TierKey>) -> TierReach {
    TierReach::NotInUse
}

#[allow(clippy::unused_async, reason = "as with a tier")]
pub(super) async fn read_key<V: CacheValue>(_: Option<TierKey>) -> Option<V> {
    None
}

#[allow(clippy::unused_async, reason = "as with a tier")]
impl<K: CacheKey, V: CacheValue> FnCache<K, V> {
    pub(super) async fn insert_in_tier(&self, key: K, value: V) -> Option<(EntryMeta, K, V)> {
        let meta = self.meta_of(&self.active_store(), &key, &value);
        Some((meta, key, value))
    }
}
