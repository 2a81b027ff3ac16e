use cached_attr::leader;

#[leader(key = "seed")]
async fn seed() -> Result<u32, String> {
    Ok(1)
}

fn main() {
    let _ = seed();
}
