use cached_attr::cached;

struct Tenant(u32);

#[cached(ttl = "5m", skip(tenant), tags = ["all", "tenant:{tenant}"])]
async fn orders(tenant: &Tenant, page: u32) -> u32 {
    tenant.0 + page
}

fn main() {
    let _ = orders(&Tenant(7), 1);
}
