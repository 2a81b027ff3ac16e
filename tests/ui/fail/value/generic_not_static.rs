use cached_attr::cached;

#[cached(ttl = "1m")]
async fn load<T: Default + Clone + Send + Sync>(id: u32) -> T {
    let _ = id;
    T::default()
}

fn main() {
    let _ = async { load::<u32>(1).await };
}
