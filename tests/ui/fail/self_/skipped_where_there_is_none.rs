use cached_attr::{FnCache, cached};

struct Service {
    id: u32,
    answers: FnCache<u32, u32>,
}

impl Service {
    #[cached(ttl = "5m", skip(self))]
    async fn answer(question: u32) -> u32 {
        question
    }
}

fn main() {
    let _ = Service::answer(1);
}
