//! Siblings: the caches of several instances that one companion stands for.
//!
//! A companion cannot name what only the place of a call knows: the type behind an `impl Trait`, or the parameters of an
//! `impl` around a function without `self`. What it invalidates is invalidated in all of these instances. That is more
//! than was meant, never less.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::policy::Policy;
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
        self.several.load(Ordering::SeqCst).then(|| {
            let stores = self.stores.lock();
            stores.unwrap_or_else(PoisonError::into_inner).clone()
        })
    }

    fn join(&self, store: &Arc<Store>) {
        let mut stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(first) = stores.first() {
            store.inherit_switches(first);
            self.several.store(true, Ordering::SeqCst);
        }
        stores.push(Arc::clone(store));
    }
}

/// An instance that has been used: its policy, and its cache if that is its own.
#[derive(Clone)]
pub(crate) struct UsedInstance {
    pub(crate) store: Option<Arc<Store>>,
    pub(crate) policy: Arc<Policy>,
    pub(super) siblings: Arc<Siblings>,
}

/// The same behind a trait object: the compiler has to prove that each function's static is `Sync`, and would go through
/// the whole of a store every time.
pub(super) trait ErasedInstance: Send + Sync {
    fn used(&self) -> UsedInstance;
}

impl ErasedInstance for UsedInstance {
    fn used(&self) -> UsedInstance {
        self.clone()
    }
}

impl UsedInstance {
    /// Makes the cache known to its siblings.
    pub(super) fn join_siblings(&self) {
        if let Some(store) = &self.store {
            self.siblings.join(store);
        }
    }
}
