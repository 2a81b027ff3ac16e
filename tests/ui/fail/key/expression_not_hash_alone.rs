use cached_attr::cached;

struct Id(u32);

struct User {
    id: Id,
}

#[cached(ttl = "5m", key = user.id)]
async fn settings(user: &User) -> u32 {
    user.id.0
}

fn main() {
    let _ = settings(&User { id: Id(1) });
}
