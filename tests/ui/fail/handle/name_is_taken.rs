use cached_attr::cached;

fn answer_cache() -> u32 {
    1
}

#[cached(ttl = "5m")]
async fn answer(question: u32) -> u32 {
    question
}

fn main() {
    let _ = (answer(1), answer_cache());
}
