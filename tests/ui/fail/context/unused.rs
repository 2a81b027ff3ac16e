use cached_attr::cached;

#[cached(ttl = "5m", context = load)]
async fn page(id: u32) -> u32 {
    id
}

fn main() {
    let _ = page;
}
