use cached_attr::cached;

#[cached(ttl = "5m", stale_while_revalidate = "1h", skip(read))]
async fn price(read: impl Fn(u32) -> u32 + Send, id: u32) -> u32 {
    read(id)
}

fn main() {}
