use cached_attr::cached;

#[cached(ttl = "1m", share_error = true)]
async fn price(id: u32) -> Result<u32, std::io::Error> {
    Ok(id)
}

fn main() {
    let _ = async { price(1).await.unwrap() };
}
