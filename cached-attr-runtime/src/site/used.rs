//! What is known of an instance that has been used.

use std::sync::Arc;

use crate::cache::Siblings;
use crate::policy::Policy;
use crate::store::Store;

/// An instance that has been used: its policy, and its cache if that is its own.
#[derive(Clone)]
pub(crate) struct UsedInstance {
    pub(crate) store: Option<Arc<Store>>,
    pub(crate) policy: Arc<Policy>,
    /// What it is called in statistics and logs.
    pub(crate) name: Arc<str>,
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
