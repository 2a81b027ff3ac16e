use cached_attr::cached;

#[cached(ttl = "5m")]
async fn answer(question: u32) -> &'static mut u32 {
    Box::leak(Box::new(question))
}

fn main() {
    let _ = answer(1);
}
