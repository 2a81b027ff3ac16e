use cached_attr::cached;

type Answer = u32;

#[cached(ttl = "5m", error_ttl = "10s")]
async fn answer(question: u32) -> Answer {
    question
}

fn main() {
    let _ = answer(1);
}
