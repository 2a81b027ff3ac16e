use cached_attr::cached;

trait Oracle {
    #[cached(ttl = "5m")]
    async fn answer(question: u32) -> u32;
}

fn main() {}
