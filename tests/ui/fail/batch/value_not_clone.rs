use cached_attr::cached;

use std::collections::HashMap;

struct Price;

#[cached(ttl = "5m", batch = ids)]
async fn prices(ids: Vec<u32>) -> HashMap<u32, Price> {
    ids.into_iter().map(|id| (id, Price)).collect()
}

fn main() {
    let _ = prices;
}
