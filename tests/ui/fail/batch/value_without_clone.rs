use cached_attr::cached;

use std::collections::HashMap;

struct Db(u32);

#[cached(ttl = "5m", batch = ids, skip(db))]
async fn prices(db: Db, ids: Vec<u32>) -> HashMap<u32, u32> {
    ids.into_iter().map(|id| (id, db.0)).collect()
}

fn main() {
    let _ = prices;
}
