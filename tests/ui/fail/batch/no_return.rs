use cached_attr::cached;

#[cached(ttl = "5m", batch = ids)]
async fn prices(ids: Vec<u32>) {
    drop(ids)
}

fn main() {
    let _ = prices;
}
