use cached_attr::cached;

#[derive(Clone)]
struct User {
    id: u32,
}

#[cached(ttl = "5m")]
async fn settings(user: Option<&User>) -> u32 {
    user.map_or(0, |user| user.id)
}

fn main() {
    let _ = settings(None);
}
