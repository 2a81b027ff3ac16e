use cached_attr::cached;

trait Store: Send + Sync {
    fn read(&self, id: u32) -> u32;
}

#[cached(ttl = "5m", stale_while_revalidate = "1h", skip(store))]
async fn price(store: &dyn Store, id: u32) -> u32 {
    store.read(id)
}

fn main() {
    let _ = price;
}
