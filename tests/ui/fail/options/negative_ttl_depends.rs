use cached_attr::cached;

#[cached(ttl = "5m", negative_ttl = |answer| answer)]
async fn answer(question: u32) -> Option<u32> {
    Some(question)
}

fn main() {
    let _ = answer(1);
}
