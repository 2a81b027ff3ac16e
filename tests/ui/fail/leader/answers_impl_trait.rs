use cached_attr::leader;

#[leader(key = "seed")]
async fn seed() -> Option<impl Iterator<Item = u32>> {
    Some(0..3)
}

fn main() {
    let _ = seed();
}
