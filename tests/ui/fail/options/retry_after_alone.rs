use cached_attr::cached;

#[cached(ttl = "5m", retry_after = "5s")]
async fn answer(question: u32) -> Result<u32, String> {
    Ok(question)
}

fn main() {
    let _ = answer(1);
}
