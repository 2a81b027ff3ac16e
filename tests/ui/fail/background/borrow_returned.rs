use cached_attr::cached;

#[cached(ttl = "5m", stale_while_revalidate = "1h")]
async fn price(name: &str) -> &str {
    name
}

fn main() {
    let _ = price;
}
