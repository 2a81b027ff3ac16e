use cached_attr::cached;

async fn plain(question: String) -> usize {
    drop(question);
    question.len()
}

#[cached(ttl = "5m")]
async fn remembered(question: String) -> usize {
    drop(question);
    question.len()
}

fn main() {
    let _ = (plain(String::new()), remembered(String::new()));
}
