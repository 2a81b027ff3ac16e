use std::collections::HashMap;

use cached_attr::cached;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Id(u32);

#[cached(ttl = "5m", shared, batch = ids)]
async fn prices(ids: Vec<Id>) -> HashMap<Id, u32> {
    ids.into_iter().map(|id| (id.clone(), id.0)).collect()
}

fn main() {
    let _ = prices(vec![Id(1)]);
}
