use cached_attr::cached;

#[cached(ttl = never, jitter = "10%")]
async fn answer(question: u32) -> u32 {
    question
}

fn main() {
    let _ = answer(1);
}
