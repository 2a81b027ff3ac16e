//! Isolation: the caches of one test.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::lock::lock;
#[cfg(feature = "shared")]
use crate::shared::SharedNames;
use crate::store::Store;
#[cfg(feature = "shared")]
use crate::tier::Tier;

/// The caches of one test.
#[derive(Default)]
pub(crate) struct Isolation {
    /// By address: the process's store, kept so that its address stays taken, and the test's own.
    stores: Mutex<HashMap<usize, [Arc<Store>; 2]>>,
    /// The test's own tier, and the shared caches by name.
    #[cfg(feature = "shared")]
    tier: Option<Arc<dyn Tier>>,
    #[cfg(feature = "shared")]
    names: Arc<SharedNames>,
    /// The test's own leaders.
    #[cfg(feature = "shared")]
    leaders: Arc<crate::tier::LeaderTable>,
}

impl Isolation {
    /// With a tier of its own.
    #[cfg(feature = "shared")]
    pub(crate) fn with_tier(tier: Arc<dyn Tier>) -> Self {
        let isolation = Isolation::default();
        tier.changes().listen(Arc::clone(&isolation.names) as _);
        Isolation {
            tier: Some(tier),
            ..isolation
        }
    }

    #[cfg(feature = "shared")]
    pub(crate) fn tier(&self) -> Option<&Arc<dyn Tier>> {
        self.tier.as_ref()
    }

    #[cfg(feature = "shared")]
    pub(crate) fn leaders(&self) -> Arc<crate::tier::LeaderTable> {
        Arc::clone(&self.leaders)
    }

    /// The test's own store in place of the process's.
    pub(crate) fn store(&self, of: &Arc<Store>) -> Arc<Store> {
        let mut stores = lock(&self.stores);
        let [_, own] = stores
            .entry(Arc::as_ptr(of).addr())
            .or_insert_with(|| [Arc::clone(of), self.own_store(of)]);
        Arc::clone(own)
    }

    #[cfg(feature = "shared")]
    fn own_store(&self, of: &Store) -> Arc<Store> {
        let own = Arc::new(of.empty_copy());
        own.use_tier(self.tier.as_ref(), &self.names);
        own.claim_name();
        own
    }

    #[cfg(not(feature = "shared"))]
    #[allow(clippy::unused_self, reason = "as with a tier")]
    fn own_store(&self, of: &Store) -> Arc<Store> {
        Arc::new(of.empty_copy())
    }
}
