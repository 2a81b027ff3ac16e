//! Everything that makes earlier loads worthless, and a price list to try it on.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cached_attr::{FnCache, cached, invalidate_tag};
use cached_attr_tests::{Gate, Source};

/// What `Insert` puts there.
pub(crate) const INSERTED: u32 = 1000;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    Invalidate,
    InvalidateAll,
    InvalidateTag,
    Insert,
    Expire,
    WriteCommitted,
    WriteDropped,
}

pub(crate) const CHANGES: [Change; 7] = [
    Change::Invalidate,
    Change::InvalidateAll,
    Change::InvalidateTag,
    Change::Insert,
    Change::Expire,
    Change::WriteCommitted,
    Change::WriteDropped,
];

impl Change {
    pub(crate) async fn make(self, prices: &Prices, id: u32) {
        let cache = &prices.cache;
        match self {
            Change::Invalidate => drop(cache.invalidate(id).await),
            Change::InvalidateAll => drop(cache.invalidate_all().await),
            Change::InvalidateTag => drop(invalidate_tag(&format!("{}:{id}", prices.number)).await),
            Change::Insert => cache.insert(id, INSERTED).await,
            Change::Expire => drop(cache.expire(id).await),
            Change::WriteCommitted => drop(cache.write(id).await.commit().await),
            Change::WriteDropped => drop(cache.write(id).await),
        }
    }

    /// The answer that it leaves behind.
    pub(crate) fn leaves(self) -> Option<u32> {
        matches!(self, Change::Insert).then_some(INSERTED)
    }
}

/// Prices that are loaded from a source through a gate.
pub(crate) struct Prices {
    pub(crate) cache: FnCache<u32, u32>,
    pub(crate) source: Source,
    /// Tags are the process's: each price list has its own.
    number: u32,
}

impl Prices {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        Prices {
            cache: FnCache::builder().ttl(Duration::from_secs(60)).build(),
            source: Source::new(),
            number: NEXT.fetch_add(1, Ordering::SeqCst),
        }
    }

    #[cached(ttl = "1m", cache = self.cache, skip(self, gate), tags = ["{self.number}:{id}"])]
    pub(crate) async fn behind(&self, gate: &Gate, id: u32) -> u32 {
        let price = self.source.ask();
        gate.pass().await;
        price
    }

    /// The price now, with nothing in the way of its load.
    pub(crate) async fn of(&self, id: u32) -> u32 {
        self.behind(&Gate::opened(), id).await
    }
}
