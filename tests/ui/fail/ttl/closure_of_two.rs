use cached_attr::cached;

#[cached(ttl = |answer, question| std::time::Duration::from_secs(answer + question))]
async fn answer(question: u64) -> u64 {
    question
}

fn main() {
    let _ = answer(1);
}
