use cached_attr::cached;

#[cached(ttl = "Duration::from_secs(60)")]
async fn user(id: u32) -> u32 {
    id
}

fn main() {
    let _ = user(1);
}
