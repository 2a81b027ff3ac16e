use cached_attr::cached;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Words<'a>(&'a str);

#[cached(ttl = "5m")]
async fn length(words: Words<'_>) -> usize {
    words.0.len()
}

fn main() {
    let _ = length(Words("a b"));
}
