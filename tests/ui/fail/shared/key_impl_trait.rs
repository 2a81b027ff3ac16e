use cached_attr::{CacheKey, cached};

#[cached(ttl = "5m", shared, name = "script", handle = false)]
async fn script(id: impl CacheKey) -> u32 {
    let _ = id;
    1
}

fn main() {
    let _ = script(1);
}
