use cached_attr::cached;

#[cached(ttl = "5m")]
async fn answer(question: u32, #[cfg(unix)] more: u32) -> u32 {
    question + more
}

fn main() {
    let _ = answer(1, 2);
}
