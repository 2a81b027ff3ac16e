use cached_attr::cached;

struct Borrowed<T>(T);

#[cached(ttl = "5m", stale_while_revalidate = "1h", key = "{name}")]
async fn price(Borrowed(name): Borrowed<&str>) -> usize {
    name.len()
}

fn main() {
    let _ = price;
}
