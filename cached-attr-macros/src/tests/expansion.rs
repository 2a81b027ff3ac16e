use super::expand;

#[test]
fn the_simplest_function_stays_small() {
    let expansion = expand(r#"ttl = "1m""#, "async fn f(a: u32) -> u32 { a }");
    println!("{expansion}");
    assert!(
        expansion.lines().count() <= 40,
        "{} lines",
        expansion.lines().count()
    );
}

#[test]
fn print() {
    println!(
        "{}",
        expand(
            r#"ttl = "1m", capacity = 500, skip(db), bypass = is_test(user)"#,
            "pub async fn script(db: &Db, user: &str, id: u32) -> Result<String, Error> { db.get(user).await }"
        )
    );
    println!(
        "{}",
        expand(
            r#"ttl = "1m", key = "a:{self.region}:{id:04}", negative_ttl = "5s", jitter="10%""#,
            "pub async fn script<T: Foo>(&self, id: u32) -> Result<T, Error> { db.get(user).await }"
        )
    );
    println!(
        "{}",
        expand(
            r#"tttl = "1m", jitter = "110%", key = (a, c.user)"#,
            "pub async fn script<T: Foo>(&self, id: u32, user: &str, c: C) -> Result<T, Error> { db.get(user).await }"
        )
    );
}
