use cached_attr::cached;

#[cached(ttl = "one minute")]
async fn price(id: u32) -> u32 {
    id
}

fn main() {
    let _ = async { price(1).await };
}
