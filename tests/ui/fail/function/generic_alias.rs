use cached_attr::cached;

type Answer<T> = Result<T, String>;

#[cached(ttl = "5m")]
async fn answer<T: Into<u64> + Copy + std::hash::Hash + Eq + Send + Sync + 'static>(question: T) -> Answer<T> {
    Ok(question)
}

fn main() {
    let _ = answer(1_u32);
}
