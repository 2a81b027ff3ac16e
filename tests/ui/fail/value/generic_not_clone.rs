use cached_attr::cached;

#[cached(ttl = "5m", skip(source))]
async fn answer<T: From<u32>>(question: u32, source: &str) -> T {
    let _ = source;
    T::from(question)
}

fn main() {
    let _ = answer::<u64>(1, "a");
}
