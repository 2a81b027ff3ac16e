use cached_attr::cached;
use std::collections::HashMap;

struct Id(u32);

async fn query(ids: &[Id]) -> HashMap<Id, String> {
    let _ = ids.iter().map(|i| i.0).max();
    HashMap::new()
}

#[cached(ttl = "1m", batch = ids)]
async fn names(ids: Vec<Id>) -> HashMap<Id, String> {
    query(&ids).await
}

fn main() {
    let _ = async { names(vec![Id(1)]).await.len() };
}
