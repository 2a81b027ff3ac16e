use cached_attr::{cached, invalidates};

#[cached(ttl = "1m", tags = ["shop:{shop}"])]
async fn price(shop: &str, id: u32) -> u32 {
    shop.len() as u32 + id
}

#[invalidates(tag = "shop:{shop}")]
async fn set_price(shop: &str, price: u32) {
    let _ = (shop, price);
}

fn main() {
    let _ = async {
        price("a", 1).await;
        set_price("a", 1).await;
    };
}
