use cached_attr::leader;

#[leader(ky = "seed", ttl = 0, grace = "soon", fence = 1)]
async fn seed() -> Option<u32> {
    Some(1)
}

fn main() {
    let _ = seed();
}
