use cached_attr::cached;

use std::collections::HashMap;

#[cached(ttl = "5m", batch = id)]
async fn prices(id: u32) -> HashMap<u32, u32> {
    [(id, 1)].into()
}

fn main() {
    let _ = prices;
}
