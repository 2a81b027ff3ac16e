use cached_attr::leader;

#[leader(key = "seed:{tennant}")]
async fn seed(tenant: &str) -> Option<usize> {
    Some(tenant.len())
}

fn main() {
    let _ = seed("acme");
}
