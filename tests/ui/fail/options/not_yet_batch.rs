use cached_attr::cached;

#[cached(ttl = "5m", batch = ids)]
async fn answers(ids: Vec<u32>) -> std::collections::HashMap<u32, u32> {
    ids.into_iter().map(|id| (id, id)).collect()
}

fn main() {
    let _ = answers(vec![1]);
}
