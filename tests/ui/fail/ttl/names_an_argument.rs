use cached_attr::cached;

#[cached(ttl = std::time::Duration::from_secs(seconds))]
async fn answer(seconds: u64) -> u64 {
    seconds
}

fn main() {
    let _ = answer(1);
}
