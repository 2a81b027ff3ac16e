//! The stores of the process that are alive.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::store::Store;

/// All stores, those of sites and those from builders.
static STORES: Mutex<Vec<Weak<Store>>> = Mutex::new(Vec::new());

/// Adds a store.
pub(crate) fn register(store: &Arc<Store>) {
    let mut stores = STORES.lock().unwrap_or_else(PoisonError::into_inner);
    // Caches in fields come and go: now and then those that are gone leave the list.
    if stores.len() == stores.capacity() {
        stores.retain(|store| store.strong_count() > 0);
    }
    stores.push(Arc::downgrade(store));
}

/// All of them.
pub(crate) fn stores() -> Vec<Arc<Store>> {
    let stores = STORES.lock().unwrap_or_else(PoisonError::into_inner);
    stores.iter().filter_map(Weak::upgrade).collect()
}
