use cached_attr::cached;

const MINUTES: u64 = 5;

#[cached(ttl = MINUTES * 60)]
async fn answer(question: u32) -> u32 {
    question
}

fn main() {
    let _ = answer(1);
}
