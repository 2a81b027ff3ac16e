//! Siblings: the caches of several instances that one companion stands for.
//!
//! A companion cannot name what only the call site determines: the type behind an `impl Trait`, or the parameters of an
//! `impl` around a function without `self`. What it invalidates is invalidated in all of these instances. That is more
//! than was meant, never less.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::lock::lock;
use crate::store::Store;

/// The stores of the instances with one declared type.
#[derive(Default)]
pub(crate) struct Siblings {
    several: AtomicBool,
    stores: Mutex<Vec<Arc<Store>>>,
}

impl Siblings {
    /// All of them, if there are several.
    pub(crate) fn stores(&self) -> Option<Vec<Arc<Store>>> {
        // SeqCst, as below: either an invalidation sees a new sibling, or the sibling's first load begins after the
        // source was changed.
        self.several
            .load(Ordering::SeqCst)
            .then(|| lock(&self.stores).clone())
    }

    pub(crate) fn join(&self, store: &Arc<Store>) {
        let mut stores = lock(&self.stores);
        if let Some(first) = stores.first() {
            store.inherit_switches(first);
            self.several.store(true, Ordering::SeqCst);
        }
        stores.push(Arc::clone(store));
    }
}
