use cached_attr::cached;

struct Oracle {
    id: u32,
}

impl Oracle {
    async fn plain(&self, question: u32) -> String {
        self.id + question
    }

    #[cached(ttl = "5m", key = (self.id, question))]
    async fn remembered(&self, question: u32) -> String {
        self.id + question
    }
}

fn main() {
    let oracle = Oracle { id: 1 };
    let _ = (oracle.plain(1), oracle.remembered(1));
}
