use cached_attr::cached;

#[cached(ttl = "5m", ttl_env = || "ANSWER_TTL")]
async fn answer(question: u32) -> u32 {
    question
}

fn main() {
    let _ = answer(1);
}
