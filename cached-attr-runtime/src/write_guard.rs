//! `WriteGuard` and what invalidating reports.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::key::CacheKey;
#[cfg(feature = "shared")]
use crate::shared::TierKey;
use crate::store::{OwnedKey, Query, Store};

#[cfg_attr(not(feature = "shared"), path = "write_guard/no_tier_hold.rs")]
mod tier_hold;

use tier_hold::TierHold;
#[cfg(not(feature = "shared"))]
pub(crate) use tier_hold::TierKey;

/// How far an invalidation reached when the call returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TierReach {
    /// The cache is not shared, or no tier is installed.
    NotInUse,
    /// The tier has it: no read that begins now, in any replica, is answered from before it.
    Done,
    /// The tier could not be reached. It is delivered first when the tier is back; until then this process neither reads
    /// the tier nor stores anything there, while other replicas may still read the old record.
    Queued,
}

/// What an invalidation reached.
///
/// This process always: by the time the call returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Invalidation {
    /// How many entries were removed in this process. A key without an entry counts as none, though a load of it that was
    /// under way is kept from being stored.
    pub removed: u64,
    /// The tier that replicas share.
    pub shared: TierReach,
}

impl Invalidation {
    pub(crate) fn new(removed: u64, shared: TierReach) -> Self {
        Invalidation { removed, shared }
    }
}

/// Runs when a writer ends in a way that leaves open what it has written: dropped, or by a panic.
pub struct OnAbort<F: FnOnce()>(Option<F>);

/// Makes an [`OnAbort`].
pub fn on_abort<F: FnOnce()>(run: F) -> OnAbort<F> {
    OnAbort(Some(run))
}

impl<F: FnOnce()> OnAbort<F> {
    /// The writer has come to its end.
    pub fn disarm(mut self) {
        self.0 = None;
    }
}

impl<F: FnOnce()> Drop for OnAbort<F> {
    fn drop(&mut self) {
        if let Some(run) = self.0.take() {
            run();
        }
    }
}

/// Holds a key for a writer: see [`FnCache::write`](crate::FnCache::write).
///
/// While it lives, calls of the function run loads and answer their own callers, but nothing is stored.
/// Several guards may hold one key; the last one to go ends it. Dropping a guard, also in a panic or when the
/// writer's future is cancelled, does what [`commit`](WriteGuard::commit) does.
#[must_use = "dropping the guard at once only invalidates the key"]
pub struct WriteGuard<K> {
    /// Dropped first: the hold here outlasts the one in the tier.
    tier: TierHold,
    holds: Vec<Hold>,
    types: PhantomData<fn() -> K>,
}

/// The hold itself, its types forgotten.
struct Hold {
    store: Arc<Store>,
    hash: u64,
    key: OwnedKey,
    held: Option<u64>,
}

impl<K: CacheKey> WriteGuard<K> {
    pub(crate) fn take(stores: Vec<(Arc<Store>, u64)>, key: K) -> Self {
        let key = OwnedKey::new(key);
        let hold = |(store, hash)| Hold::take(store, hash, key.clone());
        WriteGuard {
            tier: TierHold::NotInUse,
            holds: stores.into_iter().map(hold).collect(),
            types: PhantomData,
        }
    }

    /// Holds the key in the tier as well.
    pub(crate) async fn in_tier(mut self, key: Option<TierKey>) -> Self {
        self.tier = TierHold::take(key).await;
        self
    }

    /// Whether other replicas are kept from storing the key as well.
    ///
    /// [`Queued`](TierReach::Queued) means that the tier did not confirm it: the key is held in this process alone, and
    /// what other replicas have of it is invalidated when the tier is back. Whoever must not write the source then drops
    /// the guard.
    #[must_use]
    pub fn shared(&self) -> TierReach {
        self.tier.reach()
    }

    /// Ends the hold: what is loaded from now on is stored again, what was loaded meanwhile is not.
    ///
    /// Call it after the source has committed.
    pub async fn commit(self) -> Invalidation {
        let shared = self.tier.commit().await;
        drop(self.holds);
        Invalidation::new(0, shared)
    }
}

impl Hold {
    fn take(store: Arc<Store>, hash: u64, key: OwnedKey) -> Self {
        // Whatever panics from here on, what is held is released.
        let mut hold = Hold {
            store,
            hash,
            key,
            held: None,
        };
        let query = Query {
            hash,
            matcher: &hold.key,
        };
        hold.store.hold(&query, hold.key.clone(), &mut hold.held);
        hold
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(held) = self.held {
            let query = Query {
                hash: self.hash,
                matcher: &self.key,
            };
            self.store.release_hold(&query, held);
        }
    }
}

impl<K> fmt::Debug for WriteGuard<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the key: it may be personal data.
        f.debug_struct("WriteGuard").finish_non_exhaustive()
    }
}
