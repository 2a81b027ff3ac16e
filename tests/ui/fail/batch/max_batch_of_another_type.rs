use cached_attr::cached;

use std::collections::HashMap;

const MOST: u8 = 10;

#[cached(ttl = "5m", batch = ids, max_batch = MOST)]
async fn prices(ids: Vec<u32>) -> HashMap<u32, u32> {
    ids.into_iter().map(|id| (id, 1)).collect()
}

fn main() {
    let _ = prices;
}
