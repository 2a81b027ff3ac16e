use cached_attr::cached;

#[cached(ttl = "5m")]
async fn answer<T: std::hash::Hash + Eq + Clone + Send + Sync>(question: T) -> usize {
    let _ = question;
    size_of::<T>()
}

fn main() {
    let _ = answer(1);
}
