use cached_attr::cached;
use std::collections::HashMap;

struct Id(u32);

#[cached(ttl = "1m", batch = ids, key = (ids.0))]
async fn names(ids: Vec<Id>) -> HashMap<Id, String> {
    let _ = ids;
    HashMap::new()
}

fn main() {
    let _ = async { names(vec![Id(1)]).await.len() };
}
