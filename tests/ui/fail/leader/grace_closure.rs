use cached_attr::leader;

#[leader(key = "seed", grace = |value| value.grace())]
async fn seed() -> Option<u32> {
    Some(1)
}

fn main() {
    let _ = seed();
}
