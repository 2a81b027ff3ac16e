use cached_attr::cached;

#[cached(ttl = "5m")]
async fn price(name: &str) -> usize {
    name.len()
}

async fn run() {
    price("a").await;
    let _ = price_cache().invalidate(&5u64).await;
}

fn main() {
    let _ = run();
}
