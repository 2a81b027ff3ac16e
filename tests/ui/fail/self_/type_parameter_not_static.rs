use cached_attr::cached;

struct Repo<T>(T);

impl<T: Clone + Send + Sync> Repo<T> {
    #[cached(ttl = "1m", skip(self))]
    async fn get(&self, id: u32) -> T {
        let _ = id;
        self.0.clone()
    }
}

fn main() {
    let _ = async { Repo(1).get(2).await };
}
