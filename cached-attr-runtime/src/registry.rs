//! The caches of the process that are alive.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};

use crate::lock::lock;
use crate::policy::Policy;
use crate::store::Store;

/// A cache that is alive.
#[derive(Clone)]
pub(crate) struct Registered {
    pub(crate) store: Arc<Store>,
    pub(crate) policy: Arc<Policy>,
    /// Its number among all that were registered.
    pub(crate) id: u64,
    /// Made with a builder, and not an annotated function's own.
    pub(crate) by_hand: bool,
}

struct Entry {
    store: Weak<Store>,
    policy: Weak<Policy>,
    id: u64,
    by_hand: bool,
}

/// How many have been registered.
static REGISTERED: AtomicU64 = AtomicU64::new(0);
static CACHES: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

/// Adds a cache.
pub(crate) fn register(store: &Arc<Store>, policy: &Arc<Policy>, by_hand: bool) {
    let mut caches = lock(&CACHES);
    // Caches in fields come and go: now and then those that are gone leave the list.
    if caches.len() == caches.capacity() {
        caches.retain(|cache| cache.store.strong_count() > 0);
    }
    caches.push(Entry {
        store: Arc::downgrade(store),
        policy: Arc::downgrade(policy),
        id: REGISTERED.fetch_add(1, Ordering::Relaxed),
        by_hand,
    });
}

/// All of them.
pub(crate) fn all() -> Vec<Registered> {
    let caches = lock(&CACHES);
    let alive = |cache: &Entry| {
        Some(Registered {
            store: cache.store.upgrade()?,
            policy: cache.policy.upgrade()?,
            id: cache.id,
            by_hand: cache.by_hand,
        })
    };
    caches.iter().filter_map(alive).collect()
}
