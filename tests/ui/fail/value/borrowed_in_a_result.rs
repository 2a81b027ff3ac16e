use cached_attr::cached;

use std::borrow::Cow;

#[cached(ttl = "5m")]
async fn first<'a>(words: &'a str) -> Result<Cow<'a, str>, String> {
    Ok(Cow::Borrowed(words))
}

fn main() {
    let _ = first("a b");
}
