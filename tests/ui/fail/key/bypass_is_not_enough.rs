use cached_attr::cached;

#[cached(ttl = "5m", key = page, bypass = tenant.starts_with("test-"))]
async fn orders(tenant: &str, page: u32) -> String {
    format!("{tenant} {page}")
}

fn main() {
    let _ = orders("acme", 1);
}
