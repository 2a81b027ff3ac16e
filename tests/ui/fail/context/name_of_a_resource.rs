use cached_attr::cached;

async fn load() -> u32 {
    1
}

#[cached(let a = load().await, ttl = "5m")]
#[cached(let b = load().await, ttl = "5m", context = a)]
async fn handler() -> u32 {
    a + b
}

fn main() {
    let _ = handler;
}
