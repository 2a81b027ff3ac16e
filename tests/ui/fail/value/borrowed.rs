use cached_attr::cached;

#[cached(ttl = "5m")]
async fn first(words: &str) -> &str {
    words.split(' ').next().unwrap_or_default()
}

fn main() {
    let _ = first("a b");
}
