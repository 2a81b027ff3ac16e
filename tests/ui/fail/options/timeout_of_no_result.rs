use cached_attr::cached;

#[cached(ttl = "5m", timeout = "2s")]
async fn price(id: u32) -> u32 {
    id
}

fn main() {
    let _ = price;
}
