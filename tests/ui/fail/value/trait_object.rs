use cached_attr::cached;

#[cached(ttl = "5m")]
async fn answer(question: u32) -> Box<dyn Fn() -> u32> {
    Box::new(move || question)
}

fn main() {
    let _ = answer(1);
}
