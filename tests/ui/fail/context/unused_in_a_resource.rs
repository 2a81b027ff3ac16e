use cached_attr::cached;

async fn load() -> u32 {
    1
}

#[cached(let a = load().await, ttl = "5m", context = context)]
async fn handler() -> u32 {
    a
}

fn main() {
    let _ = handler;
}
