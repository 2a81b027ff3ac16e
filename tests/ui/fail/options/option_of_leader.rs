use cached_attr::cached;

#[cached(ttl = "1m", grace = "1h")]
async fn price(id: u32) -> u32 {
    id
}

fn main() {
    let _ = async {
        price(1).await;
    };
}
