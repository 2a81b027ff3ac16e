use cached_attr::cached;

#[cached(ttl = "5m", timeout = "2s")]
async fn price(id: u32) -> Result<u32, String> {
    Ok(id)
}

fn main() {
    let _ = price;
}
