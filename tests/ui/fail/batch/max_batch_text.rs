use cached_attr::cached;

use std::collections::HashMap;

#[cached(ttl = "5m", batch = ids, max_batch = "10")]
async fn prices(ids: Vec<u32>) -> HashMap<u32, u32> {
    ids.into_iter().map(|id| (id, 1)).collect()
}

fn main() {
    let _ = prices;
}
