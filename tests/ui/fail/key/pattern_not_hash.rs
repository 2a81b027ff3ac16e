use cached_attr::cached;

struct Id(u32);

struct User {
    id: Id,
    name: &'static str,
}

#[cached(ttl = "5m")]
async fn settings(User { id, .. }: User) -> u32 {
    id.0
}

fn main() {
    let _ = settings(User { id: Id(1), name: "a" });
}
