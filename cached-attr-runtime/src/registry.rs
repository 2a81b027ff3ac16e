//! The caches of the process that are alive.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::policy::Policy;
use crate::store::Store;

/// A cache that is alive.
pub(crate) struct Registered {
    pub(crate) store: Arc<Store>,
    pub(crate) policy: Arc<Policy>,
    /// Made with a builder, and not an annotated function's own.
    pub(crate) by_hand: bool,
}

struct Entry {
    store: Weak<Store>,
    policy: Weak<Policy>,
    by_hand: bool,
}

static CACHES: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

/// Adds a cache.
pub(crate) fn register(store: &Arc<Store>, policy: &Arc<Policy>, by_hand: bool) {
    let mut caches = CACHES.lock().unwrap_or_else(PoisonError::into_inner);
    // Caches in fields come and go: now and then those that are gone leave the list.
    if caches.len() == caches.capacity() {
        caches.retain(|cache| cache.store.strong_count() > 0);
    }
    caches.push(Entry {
        store: Arc::downgrade(store),
        policy: Arc::downgrade(policy),
        by_hand,
    });
}

/// All of them.
pub(crate) fn all() -> Vec<Registered> {
    let caches = CACHES.lock().unwrap_or_else(PoisonError::into_inner);
    let alive = |cache: &Entry| {
        Some(Registered {
            store: cache.store.upgrade()?,
            policy: cache.policy.upgrade()?,
            by_hand: cache.by_hand,
        })
    };
    caches.iter().filter_map(alive).collect()
}
