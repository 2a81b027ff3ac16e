use cached_attr::cached;

type Answer = u32;

#[cached(ttl = "5m", stale_if_error = "1h")]
async fn answer(question: u32) -> Answer {
    question
}

fn main() {
    let _ = answer(1);
}
