use cached_attr::cached;

#[derive(Clone)]
struct Url;

async fn parameter() -> Url {
    Url
}

#[cached(let url: Url = parameter().await, ttl = "5m", shared)]
async fn handler() -> bool {
    matches!(url, Url)
}

fn main() {
    let _ = handler;
}
