use cached_attr::cached;

struct Db;

impl Db {
    async fn query(&self, id: u32) -> u32 {
        id
    }
}

#[cached(ttl = "5m", refresh_ahead = 0.8, skip(db))]
async fn price(db: &mut Db, id: u32) -> u32 {
    db.query(id).await
}

fn main() {
    let _ = price;
}
