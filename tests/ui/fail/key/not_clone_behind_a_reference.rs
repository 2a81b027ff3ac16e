use cached_attr::cached;

struct Db(String);

#[cached(ttl = "5m")]
async fn script(db: &Db, name: &str) -> usize {
    db.0.len() + name.len()
}

fn main() {
    let _ = script(&Db(String::new()), "LOQ");
}
