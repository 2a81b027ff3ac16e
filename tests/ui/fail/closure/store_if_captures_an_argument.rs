use cached_attr::cached;

#[cached(ttl = "5m", store_if = |answer| *answer > question)]
async fn answer(question: u32) -> u32 {
    question
}

fn main() {
    let _ = answer(1);
}
