use cached_attr::cached;

#[cached(ttl = "5m", cache::ttl = "10m")]
async fn answer(question: u32) -> u32 {
    question
}

fn main() {
    let _ = answer(1);
}
