use cached_attr::cached;

#[cached(ttl = "5m")]
async fn answer(question: u32) -> impl Iterator<Item = u32> {
    0..question
}

fn main() {
    let _ = answer(1);
}
