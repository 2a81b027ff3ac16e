use cached_attr::leader;

#[leader(key = id)]
async fn seed(id: u32) -> Option<u32> {
    Some(id)
}

fn main() {
    let _ = seed(1);
}
