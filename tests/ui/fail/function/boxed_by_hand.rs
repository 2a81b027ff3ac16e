use cached_attr::cached;

use std::pin::Pin;

#[cached(ttl = "5m")]
fn answer(question: u32) -> Pin<Box<dyn Future<Output = u32>>> {
    let future = async move { question };
    Box::pin(future)
}

fn main() {
    let _ = answer(1);
}
