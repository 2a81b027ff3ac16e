use cached_attr::cached;

struct Answer(u32);

#[cached(ttl = "5m")]
async fn answer(question: u32) -> Answer {
    Answer(question)
}

fn main() {
    let _ = answer(1);
}
