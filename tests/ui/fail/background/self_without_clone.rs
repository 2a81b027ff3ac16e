use cached_attr::cached;

struct Shop;

impl Shop {
    async fn ask(&self, id: u32) -> u32 {
        id
    }

    #[cached(ttl = "5m", stale_while_revalidate = "1h", key = id, skip(self))]
    async fn price(&self, id: u32) -> u32 {
        self.ask(id).await
    }
}

fn main() {
    let _ = Shop::price;
}
