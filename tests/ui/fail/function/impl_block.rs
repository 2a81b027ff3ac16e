use cached_attr::cached;

struct Oracle;

#[cached(ttl = "5m")]
impl Oracle {
    async fn answer(question: u32) -> u32 {
        question
    }
}

fn main() {
    let _ = Oracle::answer(1);
}
