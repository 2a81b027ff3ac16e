//! Hits of many keys at once, beside as many single hits that are gathered into the same kind of map.

use std::collections::HashMap;
use std::hint::black_box;

use cached_attr::cached;

use crate::way::drive;

const KEYS: usize = 1_000;

#[cached(ttl = "1h", batch = ids)]
async fn prices(ids: Vec<u32>) -> HashMap<u32, u32> {
    ids.into_iter().map(|id| (id, id)).collect()
}

#[cached(ttl = "1h")]
async fn price(id: u32) -> u32 {
    id
}

fn ids() -> Vec<u32> {
    black_box((0..).take(KEYS).collect())
}

async fn gathered(ids: Vec<u32>) -> HashMap<u32, u32> {
    let mut prices = HashMap::with_capacity(ids.len());
    for id in ids {
        prices.insert(id, price(id).await);
    }
    prices
}

/// So many hits, a thousand in each batch.
pub fn hits_of_batches(count: usize) {
    drive(async {
        prices(ids()).await;
        for _ in 0..count / KEYS {
            black_box(prices(ids()).await);
        }
    });
}

/// So many single hits, of which a thousand fill a map.
pub fn hits_gathered(count: usize) {
    drive(async {
        gathered(ids()).await;
        for _ in 0..count / KEYS {
            black_box(gathered(ids()).await);
        }
    });
}
