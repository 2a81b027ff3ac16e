use cached_attr::cached;

#[derive(Clone)]
struct User {
    id: u32,
}

#[cached(ttl = "5m")]
async fn settings(tenant: &str, user: &User) -> u32 {
    let _ = tenant;
    user.id
}

fn main() {
    let _ = settings("acme", &User { id: 1 });
}
