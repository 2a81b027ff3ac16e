//! Isolation: the caches of one test.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::store::Store;

/// The caches of one test.
#[derive(Default)]
pub(crate) struct Isolation {
    /// By address: the process's store, kept so that its address stays taken, and the test's own.
    stores: Mutex<HashMap<usize, [Arc<Store>; 2]>>,
    /// The test's own leaders.
    #[cfg(feature = "shared")]
    leaders: Arc<crate::tier::LeaderTable>,
}

impl Isolation {
    #[cfg(feature = "shared")]
    pub(crate) fn leaders(&self) -> Arc<crate::tier::LeaderTable> {
        Arc::clone(&self.leaders)
    }

    /// The test's own store in place of the process's.
    pub(crate) fn store(&self, of: &Arc<Store>) -> Arc<Store> {
        let mut stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
        let [_, own] = stores
            .entry(Arc::as_ptr(of).addr())
            .or_insert_with(|| [Arc::clone(of), Arc::new(of.empty_copy())]);
        Arc::clone(own)
    }
}
