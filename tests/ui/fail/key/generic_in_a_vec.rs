use cached_attr::cached;

#[cached(ttl = "1m")]
async fn count<T>(items: Vec<T>) -> usize {
    items.len()
}

fn main() {
    let _ = async { count(vec![1]).await };
}
