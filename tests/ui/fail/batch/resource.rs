use cached_attr::cached;

use std::collections::HashMap;

async fn load(ids: Vec<u32>) -> HashMap<u32, u32> {
    ids.into_iter().map(|id| (id, 1)).collect()
}

#[cached(let prices = load(ids.clone()).await, ttl = "5m", batch = ids)]
async fn handler(ids: Vec<u32>) -> usize {
    prices.len()
}

fn main() {
    let _ = handler;
}
