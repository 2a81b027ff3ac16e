use cached_attr::{FnCache, cached};

struct Service {
    id: u32,
    answers: FnCache<u32, String>,
}

impl Service {
    #[cached(ttl = "5m", cache = self.id)]
    async fn no_cache(&self, question: u32) -> u32 {
        self.id + question
    }

    #[cached(ttl = "5m", cache = self.answers)]
    async fn another_value(&self, question: u32) -> u32 {
        self.id + question
    }
}

fn main() {
    let service: Option<Service> = None;
    let _ = service.map(|service| async move {
        service.no_cache(1).await + service.another_value(1).await
    });
}
