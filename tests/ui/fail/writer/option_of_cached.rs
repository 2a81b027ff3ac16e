use cached_attr::{cached, invalidates};

#[cached(ttl = "1m")]
async fn price(id: u32) -> u32 {
    id
}

#[invalidates(price(id), ttl = "1m")]
async fn set_price(id: u32) {
    let _ = id;
}

fn main() {
    let _ = async {
        price(1).await;
        set_price(1).await;
    };
}
