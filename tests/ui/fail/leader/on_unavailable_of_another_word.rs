use cached_attr::leader;

#[leader(key = "seed", on_unavailable = "wait")]
async fn seed() -> Option<u32> {
    Some(1)
}

fn main() {
    let _ = seed();
}
