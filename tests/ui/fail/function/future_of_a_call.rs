use cached_attr::cached;

#[cached(ttl = "5m")]
fn answer(question: u32) -> impl Future<Output = u32> {
    std::future::ready(question)
}

fn main() {
    let _ = answer(1);
}
