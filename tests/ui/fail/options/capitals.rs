use cached_attr::cached;

#[cached(TTL = "5m")]
async fn answer(question: u32) -> u32 {
    question
}

fn main() {
    let _ = answer(1);
}
