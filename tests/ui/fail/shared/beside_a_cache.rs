use cached_attr::{FnCache, cached};

struct Repo {
    scripts: FnCache<u32, u32>,
}

impl Repo {
    #[cached(ttl = "5m", shared, name = "script", cache = self.scripts)]
    async fn script(&self, id: u32) -> u32 {
        id
    }
}

fn main() {
    let _ = |repo: Repo| {
        let _ = repo.script(1);
    };
}
