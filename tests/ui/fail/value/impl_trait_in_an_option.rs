use cached_attr::cached;

#[cached(ttl = "5m")]
async fn answer(question: u32) -> Option<impl Iterator<Item = u32>> {
    Some(0..question)
}

fn main() {
    let _ = answer(1);
}
