use cached_attr::{CacheKey, cached};

#[cached(ttl = "5m", shared)]
async fn script<T: CacheKey + std::fmt::Display>(id: T) -> String {
    id.to_string()
}

fn main() {
    let _ = script(1);
}
