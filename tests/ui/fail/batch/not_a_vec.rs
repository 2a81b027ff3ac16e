use cached_attr::cached;

use std::collections::HashMap;

#[cached(ttl = "5m", batch = ids)]
async fn prices(ids: &[u32]) -> HashMap<u32, u32> {
    ids.iter().map(|id| (*id, 1)).collect()
}

fn main() {
    let _ = prices;
}
