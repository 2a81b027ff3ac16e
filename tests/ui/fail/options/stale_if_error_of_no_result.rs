use cached_attr::cached;

#[cached(ttl = "5m", stale_if_error = "1h")]
async fn answer(question: u32) -> u32 {
    question
}

fn main() {
    let _ = answer(1);
}
