use cached_attr::cached;

use std::collections::HashMap;

#[cached(ttl = "5m", batch = ids, key = tenant)]
async fn prices(tenant: u32, ids: Vec<u32>) -> HashMap<u32, u32> {
    let _ = tenant; ids.into_iter().map(|id| (id, 1)).collect()
}

fn main() {
    let _ = prices;
}
