use cached_attr::cached;

#[cached(ttl = "5 parsecs")]
async fn answer(question: u32) -> u32 {
    question.to_string()
}

fn main() {
    let _ = answer(1);
}
