use cached_attr::leader;

#[leader(key = "")]
async fn seed() -> Option<u32> {
    Some(1)
}

fn main() {
    let _ = seed();
}
