use cached_attr::cached;

#[cached(ttl = "5m", stale_while_revalidate = "1m")]
async fn answer(question: u32) -> u32 {
    question
}

fn main() {
    let _ = answer(1);
}
