use cached_attr::cached;

type Price = u32;

#[cached(ttl = "5m", timeout = "2s")]
async fn price(id: u32) -> Price {
    id
}

fn main() {
    let _ = price;
}
