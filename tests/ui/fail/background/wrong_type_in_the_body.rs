use cached_attr::cached;

#[derive(Clone)]
struct Db;

impl Db {
    async fn query(&self, id: u32) -> u32 {
        id
    }
}

#[cached(ttl = "5m", stale_while_revalidate = "1h", skip(db))]
async fn price(db: &Db, id: u32) -> String {
    db.query(id).await
}

fn main() {
    let _ = price;
}
