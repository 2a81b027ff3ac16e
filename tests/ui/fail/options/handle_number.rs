use cached_attr::cached;

#[cached(ttl = "5m", handle = 0)]
async fn answer(question: u32) -> u32 {
    question
}

fn main() {
    let _ = answer(1);
}
