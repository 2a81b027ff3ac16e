use cached_attr::cached;

use std::collections::HashMap;

#[cached(ttl = "5m", batch = ids, skip(db))]
async fn prices(db: &mut u32, ids: Vec<u32>) -> HashMap<u32, u32> {
    *db += 1; ids.into_iter().map(|id| (id, 1)).collect()
}

fn main() {
    let _ = prices;
}
