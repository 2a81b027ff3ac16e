use cached_attr::cached;

use std::collections::HashMap;

#[cached(ttl = "5m", batch = ids, skip(text))]
async fn prices(text: impl AsRef<str>, ids: Vec<u32>) -> HashMap<u32, usize> {
    ids.into_iter().map(|id| (id, text.as_ref().len())).collect()
}

fn main() {
    let _ = || prices(String::new(), vec![1]);
}
