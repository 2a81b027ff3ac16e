use cached_attr::cached;

struct Shop(u32);

impl Shop {
    #[cached(ttl = "5m", stale_while_revalidate = "1h", key = id, skip(self))]
    async fn price(&mut self, id: u32) -> u32 {
        self.0 += 1;
        id
    }
}

fn main() {
    let _ = Shop::price;
}
