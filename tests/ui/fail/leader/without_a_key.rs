use cached_attr::leader;

#[leader(ttl = "30s")]
async fn seed() -> Option<u32> {
    Some(1)
}

fn main() {
    let _ = seed();
}
