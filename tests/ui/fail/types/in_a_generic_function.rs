use std::{fmt::Display, hash::Hash};

use cached_attr::cached;

async fn plain<T: Display + Hash + Eq + Clone + Send + Sync + 'static>(question: T) -> String {
    question.to_strin()
}

#[cached(ttl = "5m")]
async fn remembered<T: Display + Hash + Eq + Clone + Send + Sync + 'static>(question: T) -> String {
    question.to_strin()
}

fn main() {
    let _ = (plain(1), remembered(1));
}
