use cached_attr::leader;

#[leader(key = "seed")]
async fn seed() -> u32 {
    1
}

fn main() {
    let _ = seed();
}
