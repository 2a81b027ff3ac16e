use cached_attr::cached;

#[cached(ttl = "5m", stale_while_revalidate = "1h")]
async fn price(names: &[&str]) -> usize {
    names.len()
}

fn main() {
    let _ = price;
}
