use cached_attr::cached;

trait Oracle {
    #[cached(ttl = "5m", skip(self))]
    async fn answer(&self, question: u32) -> u32;
}

fn main() {}
