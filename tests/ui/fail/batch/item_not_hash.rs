use cached_attr::cached;
use std::collections::BTreeMap;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Id(u32);

#[cached(ttl = "1m", batch = ids)]
async fn names(ids: Vec<Id>) -> BTreeMap<Id, String> {
    ids.into_iter()
        .map(|id| {
            let n = id.0.to_string();
            (id, n)
        })
        .collect()
}

fn main() {
    let _ = async { names(vec![Id(1)]).await.len() };
}
