use cached_attr::cached;

#[cached(ttl = "5m", context = self::load)]
async fn page(id: u32) -> u32 {
    id
}

fn main() {
    let _ = page;
}
