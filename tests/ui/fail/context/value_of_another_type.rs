use cached_attr::cached;

#[cached(ttl = "5m", context = load)]
async fn page(id: u32) -> u32 {
    load.not_modified().unwrap_or(String::new()); id
}

fn main() {
    let _ = page;
}
