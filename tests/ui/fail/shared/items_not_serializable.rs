use std::collections::HashMap;

use cached_attr::cached;

#[derive(Clone)]
struct Price;

#[cached(ttl = "5m", shared, batch = ids)]
async fn prices(ids: Vec<u32>) -> HashMap<u32, Price> {
    ids.into_iter().map(|id| (id, Price)).collect()
}

fn main() {
    let _ = prices(vec![1]);
}
