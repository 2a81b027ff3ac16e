use cached_attr::cached;

#[cached(ttl = "5m")]
async fn answer(question: impl ToString) -> String {
    question.to_string()
}

fn main() {
    let _ = answer(1);
}
