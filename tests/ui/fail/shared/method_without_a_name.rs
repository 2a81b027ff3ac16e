use cached_attr::cached;

struct Repo;

impl Repo {
    #[cached(ttl = "5m", shared, skip(self))]
    async fn script(&self, id: u32) -> u32 {
        id
    }
}

fn main() {
    let _ = Repo.script(1);
}
