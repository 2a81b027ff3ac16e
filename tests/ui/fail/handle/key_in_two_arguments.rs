use cached_attr::cached;

#[cached(ttl = "1m")]
async fn price(shop: &str, id: u32) -> u32 {
    shop.len() as u32 + id
}

fn main() {
    let _ = async {
        price("a", 1).await;
        price_cache().invalidate("a", 1).await;
    };
}
