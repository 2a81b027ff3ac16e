//! The cache is another's, and that is where to invalidate.

use cached_attr::{FnCache, cached};

struct Service {
    answers: FnCache<u32, u32>,
}

impl Service {
    #[cached(ttl = "5m", cache = self.answers)]
    async fn answer(&self, question: u32) -> u32 {
        question
    }
}

fn main() {
    let service: Option<Service> = None;
    let _ = service.map(|service| async move { service.answer(1).await });
    Service::answer_cache().invalidate_all();
}
