//! Each type of argument has a cache of its own, so no one function can return it.

use std::hash::Hash;

use cached_attr::cached;

#[cached(ttl = "5m")]
async fn answer(question: impl Hash + Eq + Clone + Send + Sync + 'static) -> u32 {
    let _ = question;
    1
}

fn main() {
    let _ = answer(1);
    answer_cache().invalidate_all();
}
