use cached_attr::cached;

#[cached(ttl = "5m", store_if = |answer| answer.is_ok())]
async fn answer(question: u32) -> Result<u32, String> {
    Ok(question)
}

fn main() {
    let _ = answer(1);
}
