use cached_attr::{cached, invalidates};

struct Repo;

impl Repo {
    #[cached(ttl = "1m", skip(self))]
    async fn price(&self, id: u32) -> u32 {
        id
    }

    #[invalidates(self.price(id))]
    async fn set_price(&self, id: u32) {
        let _ = id;
    }
}

fn main() {
    let _ = async {
        Repo.price(1).await;
        Repo.set_price(1).await;
    };
}
