use cached_attr::cached;

#[cached(ttl = "5m", stale_while_revalidate = "1h")]
async fn price(id: u32) -> u32 {
    if id == 0 {
        0
    } else {
        Box::pin(price(id - 1)).await
    }
}

fn main() {
    let _ = price;
}
