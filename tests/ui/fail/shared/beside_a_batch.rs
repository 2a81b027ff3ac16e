use std::collections::HashMap;

use cached_attr::cached;

#[cached(ttl = "5m", shared, batch = ids)]
async fn names(ids: Vec<u32>) -> HashMap<u32, String> {
    ids.iter().map(|id| (*id, id.to_string())).collect()
}

fn main() {
    let _ = names(vec![1]);
}
