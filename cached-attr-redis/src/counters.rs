//! What happened so far.

use std::sync::atomic::{AtomicU64, Ordering};

use cached_attr_runtime::tier::TierStats;

macro_rules! counters {
    ($($name:ident)*) => {
        /// One counter for each field of [`TierStats`].
        #[derive(Debug, Default)]
        pub(crate) struct Counters {
            $(pub(crate) $name: Counter,)*
        }

        impl Counters {
            pub(crate) fn snapshot(&self) -> TierStats {
                let mut stats = TierStats::default();
                $(stats.$name = self.$name.0.load(Ordering::Relaxed);)*
                stats
            }
        }
    };
}

counters! { hits misses leases fills void_fills invalidations queued pushes timeouts errors refused connections }

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
