use cached_attr::cached;

use std::collections::HashMap;

type Prices = HashMap<u32, u32>;

#[cached(ttl = "5m", batch = ids)]
async fn prices(ids: Vec<u32>) -> Prices {
    ids.into_iter().map(|id| (id, 1)).collect()
}

fn main() {
    let _ = prices;
}
