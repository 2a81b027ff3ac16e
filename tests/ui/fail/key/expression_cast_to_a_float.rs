use cached_attr::cached;

#[cached(ttl = "5m", key = (cents as f64, page))]
async fn orders(cents: u32, page: u32) -> u32 {
    cents + page
}

fn main() {
    let _ = orders(1, 1);
}
