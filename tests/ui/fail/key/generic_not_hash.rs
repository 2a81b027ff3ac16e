use cached_attr::cached;

#[cached(ttl = "5m")]
async fn answer<T: ToString>(question: T) -> String {
    question.to_string()
}

fn main() {
    let _ = answer(1);
}
