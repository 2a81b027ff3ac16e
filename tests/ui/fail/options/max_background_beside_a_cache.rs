use cached_attr::cached;

struct Prices {
    cache: cached_attr::FnCache<u32, u32>,
}

impl Prices {
    #[cached(ttl = "5m", stale_while_revalidate = "1h", max_background = 16, cache = self.cache, key = id, skip(self))]
    async fn price(&self, id: u32) -> u32 {
        id
    }
}

fn main() {
    let _ = Prices::price;
}
