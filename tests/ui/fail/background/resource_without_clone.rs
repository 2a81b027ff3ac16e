use cached_attr::cached;

struct Db;

impl Db {
    async fn query(&self, id: u32) -> u32 {
        id
    }
}

#[cached(let rate = db.query(1).await, ttl = "5m", stale_while_revalidate = "1h", skip(db))]
async fn price(db: &Db) -> u32 {
    rate
}

fn main() {
    let _ = price;
}
