use cached_attr::cached;

use std::collections::HashMap;

#[cached(ttl = "5m")]
async fn count(words: HashMap<String, u32>) -> usize {
    words.len()
}

fn main() {
    let _ = count(HashMap::new());
}
