use cached_attr::cached;

#[cached(key = page, size = 3)]
const fn orders(tenant: &str, page: u32) -> u32 {
    let _ = tenant;
    page
}

fn main() {
    let _ = orders("acme", 1);
}
