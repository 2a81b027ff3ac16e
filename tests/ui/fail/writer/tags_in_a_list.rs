use cached_attr::{cached, invalidates};

#[cached(ttl = "1m", tags = ["shop:{shop}"])]
async fn price(shop: &str, id: u32) -> usize {
    shop.len() + id as usize
}

#[invalidates(tags = ["shop:{shop}"])]
async fn set_price(shop: &str, price: u32) {
    let _ = (shop, price);
}

fn main() {
    let _ = (price("a", 1), set_price("a", 1));
}
