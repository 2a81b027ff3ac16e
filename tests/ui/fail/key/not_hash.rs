use cached_attr::cached;

#[derive(Clone, PartialEq, Eq)]
struct User {
    id: u32,
}

#[cached(ttl = "5m")]
async fn settings(user: User) -> u32 {
    user.id
}

fn main() {
    let _ = settings(User { id: 1 });
}
