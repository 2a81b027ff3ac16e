use cached_attr::cached;

#[cached(ttl = "5m")]
async fn answer(question: u32) -> Result<impl Iterator<Item = u32>, String> {
    Ok(0..question)
}

fn main() {
    let _ = answer(1);
}
