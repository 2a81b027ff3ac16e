use cached_attr::cached;

use std::collections::HashMap;

struct Shop(u32);

impl Shop {
    #[cached(ttl = "5m", batch = ids, skip(self))]
    async fn prices(&mut self, ids: Vec<u32>) -> HashMap<u32, u32> {
        self.0 += 1;
        ids.into_iter().map(|id| (id, self.0)).collect()
    }
}

fn main() {
    let _ = Shop::prices;
}
