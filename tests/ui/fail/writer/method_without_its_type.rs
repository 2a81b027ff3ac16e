use cached_attr::{cached, invalidates};

struct Repo;

impl Repo {
    #[cached(ttl = "5m", skip(self))]
    async fn load(&self, name: &str) -> String {
        name.to_owned()
    }

    #[invalidates(load(name))]
    async fn save(&self, name: &str) {
        let _ = name;
    }
}

fn main() {
    let _ = async { (Repo.load("a").await, Repo.save("a").await) };
}
