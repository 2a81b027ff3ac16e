//! What the methods of a cache do in the shared tier.

use std::sync::Arc;
use std::time::Duration;

use super::FnCache;
use crate::cache::CacheValue;
use crate::counters::Counter;
use crate::entry::{CopyMark, EntryMeta};
use crate::key::{CacheKey, KeyRef};
use crate::shared::{TierKey, invalidate, invalidate_later};
use crate::store::Store;
use crate::tier::{
    Answer, Found, HeldLease, LeaseReply, LeaseRequest, Lookup, Target, Tier, Token,
};
use crate::write_guard::TierReach;

/// How long the lease lasts under which a value is put in.
const LEASE: Duration = Duration::from_secs(5);

/// A cache in the tier.
struct InTier {
    store: Arc<Store>,
    tier: Arc<dyn Tier>,
}

impl<K, V> FnCache<K, V> {
    /// The store with the cache's name in the tier, and that tier.
    fn in_tier(&self) -> Option<InTier> {
        self.store.sharing()?;
        let stores = self.several().unwrap_or_else(|| vec![self.active_store()]);
        stores.into_iter().find_map(|store| {
            let tier = store.tier()?.clone();
            Some(InTier { store, tier })
        })
    }

    /// Invalidates all of it in the tier.
    pub(super) async fn invalidate_function(&self) -> TierReach {
        match self.in_tier() {
            None => TierReach::NotInUse,
            Some(InTier { store, tier }) => {
                invalidate(&tier, Target::Function(store.shared_name())).await
            }
        }
    }

    /// The same from where nothing can be awaited.
    pub(super) fn invalidate_function_later(&self) {
        if let Some(InTier { store, tier }) = self.in_tier() {
            invalidate_later(&tier, Target::Function(store.shared_name()));
        }
    }
}

impl<K: CacheKey, V> FnCache<K, V> {
    /// A key in the tier, where one is in use.
    pub(super) fn tier_key<Q: KeyRef<K>>(&self, key: &Q) -> Option<TierKey> {
        let InTier { store, tier } = self.in_tier()?;
        let text = store.sharing()?.key_text(&key.to_key());
        Some(TierKey { tier, store, text })
    }
}

/// Invalidates a key in the tier.
pub(super) async fn invalidate_key(key: Option<TierKey>) -> TierReach {
    match key {
        None => TierReach::NotInUse,
        Some(key) => key.invalidate().await,
    }
}

/// The same from where nothing can be awaited.
pub(super) fn invalidate_key_later(key: Option<TierKey>) {
    if let Some(key) = key {
        key.invalidate_later();
    }
}

/// Makes the record of a key stale. Where the tier does not confirm that, the key is invalidated as soon as it can be.
pub(super) async fn expire_key(key: Option<TierKey>) -> TierReach {
    match key {
        None => TierReach::NotInUse,
        Some(key) => match key.tier.expire(key.record()).await {
            Ok(()) => TierReach::Done,
            Err(_) => key.invalidate().await,
        },
    }
}

/// The fresh record of a key.
pub(super) async fn read_key<V: CacheValue>(key: Option<TierKey>) -> Option<V> {
    let key = key?;
    let sharing = key.store.sharing()?;
    let lookup = Lookup {
        key: key.record(),
        fingerprint: sharing.fingerprint(),
        tags: &[],
    };
    let Found::Record(record) = key.tier.read(lookup).await.ok()?.found else {
        return None;
    };
    let record = Some(record).filter(crate::tier::Record::is_fresh)?;
    let value = sharing.decode(&record.payload).ok()?;
    value.as_any().downcast_ref().cloned()
}

/// Puts a value into the tier, for so long and with such a stale window. Whether it took it.
pub(super) async fn insert_key(
    key: &TierKey,
    payload: &[u8],
    (life, stale): (Duration, Duration),
) -> bool {
    // Loads that are under way anywhere must not be stored.
    if key.invalidate().await != TierReach::Done {
        return false;
    }
    let Some(sharing) = key.store.sharing() else {
        return false;
    };
    let fingerprint = sharing.fingerprint();
    let lookup = Lookup {
        key: key.record(),
        fingerprint,
        tags: &[],
    };
    let token = Token::new();
    let request = LeaseRequest {
        token,
        length: LEASE,
        declined: None,
    };
    let Ok(LeaseReply::Granted { version, .. }) = key.tier.lease(lookup, request).await else {
        key.tier.release(key.record(), token);
        return false;
    };
    let lease = HeldLease::new(&key.tier, key.record(), token, LEASE, version);
    let answer = Answer {
        payload,
        fingerprint,
        life,
        stale,
        tags: &[],
    };
    let filled = lease.fill(answer).await;
    key.store.count_own(Counter::Stored);
    filled.is_ok()
}

impl<K: CacheKey, V: CacheValue> FnCache<K, V> {
    /// Puts a value in as a record. What is left is to be put into memory: all of it where there is no tier, and where it
    /// is away; else nothing.
    pub(super) async fn insert_in_tier(&self, key: K, value: V) -> Option<(EntryMeta, K, V)> {
        let store = self.active_store();
        let mut meta = self.meta_of(&store, &key, &value);
        if let Some(sharing) = store.sharing() {
            meta.copy = Some(CopyMark::WithoutTier);
            if let Some(in_tier) = self.tier_key::<&K>(&&key) {
                let window = Duration::from_nanos(self.policy.serve_stale());
                let life = self.policy.lifetime(&meta, store.ttl_override());
                let payload = sharing.encode(&value).ok();
                self.forget_in_process(&key);
                let inserted = match payload {
                    Some(payload) => {
                        let life = Duration::from_nanos(life);
                        insert_key(&in_tier, &payload, (life, window)).await
                    }
                    None => in_tier.invalidate().await == TierReach::Done,
                };
                self.forget_in_process(&key);
                if inserted || in_tier.tier.is_up() {
                    return None;
                }
                meta.copy = Some(CopyMark::WhileAway);
                meta.at_most = sharing.local_ttl;
            }
        }
        Some((meta, key, value))
    }
}
