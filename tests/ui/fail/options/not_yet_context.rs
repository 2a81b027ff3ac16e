use cached_attr::cached;

#[cached(ttl = "5m", context = load)]
async fn answer(question: u32) -> u32 {
    question
}

fn main() {
    let _ = answer(1);
}
