use cached_attr::cached;

#[cached(ttl = "1m", cache_none = true)]
async fn user(id: u32) -> u32 {
    id
}

fn main() {
    let _ = user(1);
}
