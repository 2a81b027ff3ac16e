use cached_attr::cached;

#[cached(ttl = "5m")]
async fn first(words: &str) -> Option<&str> {
    words.split(' ').next()
}

fn main() {
    let _ = first("a b");
}
