use cached_attr::leader;

#[leader(key = "seed:{id}", fence = id)]
async fn seed(id: u32) -> Option<u32> {
    Some(id)
}

fn main() {
    let _ = seed(1);
}
