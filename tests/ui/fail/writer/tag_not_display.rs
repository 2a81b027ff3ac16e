use cached_attr::invalidates;

struct Tenant(u32);

#[invalidates(tag("tenant:{tenant}"))]
async fn import(tenant: &Tenant) -> Result<u32, String> {
    Ok(tenant.0)
}

fn main() {
    let _ = import(&Tenant(7));
}
