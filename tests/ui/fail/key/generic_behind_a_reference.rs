use cached_attr::cached;

#[cached(ttl = "5m")]
async fn answer<T: ToString>(question: &T) -> T {
    question.to_string();
    loop {}
}

fn main() {
    let _ = answer(&1);
}
