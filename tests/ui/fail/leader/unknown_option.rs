use cached_attr::leader;

#[leader(key = "seed", retries = 3)]
async fn seed() -> Option<u32> {
    Some(1)
}

fn main() {
    let _ = seed();
}
