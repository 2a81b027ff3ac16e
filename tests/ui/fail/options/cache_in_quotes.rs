use cached_attr::{FnCache, cached};

struct Service {
    id: u32,
    answers: FnCache<u32, u32>,
}

impl Service {
    #[cached(ttl = "5m", cache = "self.answers")]
    async fn answer(&self, question: u32) -> u32 {
        self.id + question
    }
}

fn main() {
    let service: Option<Service> = None;
    let _ = service.map(|service| async move { service.answer(1).await });
}
