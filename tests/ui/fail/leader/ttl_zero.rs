use cached_attr::leader;

#[leader(key = "seed", ttl = "0s")]
async fn seed() -> Option<u32> {
    Some(1)
}

fn main() {
    let _ = seed();
}
