use cached_attr::cached;

use std::collections::HashMap;

#[cached(ttl = "5m", batch = ids, skip(db))]
async fn prices((db, ids): (u32, Vec<u32>)) -> HashMap<u32, u32> {
    let _ = db; ids.into_iter().map(|id| (id, 1)).collect()
}

fn main() {
    let _ = prices;
}
