use cached_attr::cached;

#[cached(ttl = "5m")]
async fn answer(question: u32, #[cfg_attr(unix, allow(unused))] more: u32) -> u32 {
    question + more
}

fn main() {
    let _ = answer(1, 2);
}
