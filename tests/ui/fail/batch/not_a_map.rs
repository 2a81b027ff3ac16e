use cached_attr::cached;

#[cached(ttl = "5m", batch = ids)]
async fn prices(ids: Vec<u32>) -> Vec<u32> {
    ids
}

fn main() {
    let _ = prices;
}
