use cached_attr::cached;

#[cached(ttl = "5m", tags = ["{tenat}", 7, ""])]
async fn orders(tenant: &str, page: u32) -> String {
    format!("{tenant} {page}")
}

fn main() {
    let _ = orders("acme", 1);
}
