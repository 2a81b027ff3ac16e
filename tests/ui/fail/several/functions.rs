use cached_attr::cached;

#[cached(ttl = 5m)]
async fn first(question: u32) -> u32 {
    question
}

#[cached(skip(answer))]
async fn second(question: u32) -> u32 {
    first(question).await
}

fn main() {
    let _ = second(1);
}
