use cached_attr::cached;

struct User {
    id: u32,
}

#[cached(ttl = "5m", key = "user:{user.number}")]
async fn settings(user: &User) -> u32 {
    user.id
}

fn main() {
    let _ = settings(&User { id: 1 });
}
