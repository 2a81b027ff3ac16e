use cached_attr::cached;

struct Db;

impl Db {
    async fn query(&self, id: u32) -> u32 {
        id
    }
}

#[cached(ttl = "5m", stale_while_revalidate = "1h", skip(db))]
async fn price(db: Option<&Db>, id: u32) -> u32 {
    match db {
        Some(db) => db.query(id).await,
        None => 0,
    }
}

fn main() {
    let _ = price;
}
