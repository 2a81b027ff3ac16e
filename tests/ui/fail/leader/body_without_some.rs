use cached_attr::leader;

#[leader(key = "seed")]
async fn seed() -> Option<u32> {
    1
}

fn main() {
    let _ = seed();
}
