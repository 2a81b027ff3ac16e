use cached_attr::cached;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Tenant(u32);

struct User {
    tenant: Tenant,
}

#[cached(ttl = "5m", shared, key = user.tenant)]
async fn limits(user: &User) -> u32 {
    user.tenant.0
}

fn main() {
    let _ = limits(&User { tenant: Tenant(1) });
}
