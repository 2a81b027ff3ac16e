use cached_attr::cached;

async fn fetch() -> Result<u32, String> {
    Ok(1)
}

#[cached(let rate = fetch().await?, ttl = "5m", timeout = "2s")]
async fn price() -> Result<u32, String> {
    Ok(rate)
}

fn main() {
    let _ = price;
}
