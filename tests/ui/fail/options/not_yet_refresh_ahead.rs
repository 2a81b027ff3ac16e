use cached_attr::cached;

#[cached(ttl = "5m", refresh_ahead = 0.8)]
async fn answer(question: u32) -> u32 {
    question
}

fn main() {
    let _ = answer(1);
}
