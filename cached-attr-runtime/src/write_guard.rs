//! `WriteGuard` and what invalidating reports.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::key::CacheKey;
use crate::store::{OwnedKey, Query, Store};

/// How far an invalidation reached when the call returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TierReach {
    /// There is nothing of the kind here.
    NotInUse,
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
    pub(crate) fn in_process(removed: u64) -> Self {
        Invalidation {
            removed,
            shared: TierReach::NotInUse,
        }
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
            holds: stores.into_iter().map(hold).collect(),
            types: PhantomData,
        }
    }

    /// Ends the hold: what is loaded from now on is stored again, what was loaded meanwhile is not.
    ///
    /// Call it after the source has committed.
    #[allow(
        clippy::unused_async,
        reason = "the shared tier will be waited for here"
    )]
    pub async fn commit(self) -> Invalidation {
        drop(self.holds);
        Invalidation::in_process(0)
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
