//! Keys: under which name and text each shape of function has its records.

use std::fmt::Display;

use cached_attr::cached;
use cached_attr_fleet::fleet::Fleet;
use cached_attr_runtime::tier::{Found, Lookup, RecordKey, fingerprint};

use crate::support::{Node, pair};

struct User {
    tenant: u32,
    name: String,
}

#[cached(ttl = never, shared)]
async fn no_argument() -> u32 {
    1
}

#[cached(ttl = "1m", shared)]
async fn two(tenant: &str, id: u32) -> u32 {
    let _ = tenant;
    id
}

#[cached(ttl = "1m", shared, key = "spec:{tenant}:{id}")]
async fn text(tenant: &str, id: u32) -> u32 {
    let _ = tenant;
    id
}

#[cached(ttl = "1m", shared, key = (user.tenant, user.name.clone()))]
async fn expressions(user: &User) -> u32 {
    user.tenant
}

#[cached(ttl = "1m", shared, key = user.tenant)]
async fn expression(user: &User) -> Result<u32, std::io::Error> {
    Ok(user.tenant)
}

#[cached(ttl = "1m", shared)]
async fn pattern((tenant, id): (u32, u32)) -> u32 {
    tenant + id
}

#[cached(ttl = "1m", shared)]
async fn impl_trait(id: impl Display + cached_attr::CacheKey) -> String {
    id.to_string()
}

#[cached(ttl = "1m", shared, name = "keys.generic")]
async fn generic<T: Display + cached_attr::CacheKey>(id: T) -> String {
    id.to_string()
}

#[cached(ttl = "1m", shared)]
#[rustfmt::skip]
async fn fourteen(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8, j: u8, k: u8, l: u8, m: u8, n: &str) -> u32 {
    let _ = n;
    [a, b, c, d, e, f, g, h, i, j, k, l, m].into_iter().map(u32::from).sum()
}

#[cached(let base: u32 = async { user.tenant }.await, key = user.name, ttl = "1m", shared)]
async fn handler(user: &User) -> u32 {
    base + 1
}

struct Repo;

impl Repo {
    #[cached(ttl = "1m", shared, name = "keys.method", skip(self))]
    async fn method(&self, id: u32) -> u32 {
        id
    }
}

/// Whether there is a record of a value of this type.
async fn has_record<V: serde::de::DeserializeOwned>(node: &Node, name: &str, key: &str) -> bool {
    let lookup = Lookup {
        key: RecordKey { name, key },
        fingerprint: &fingerprint::<V>("json"),
        tags: &[],
    };
    let reading = node.tier.read(lookup).await.expect("a reading");
    matches!(reading.found, Found::Record(_))
}

pub(crate) async fn each_shape_of_function_has_its_records(fleet: &dyn Fleet) {
    let (a, _) = pair(fleet).await;
    let user = || User {
        tenant: 7,
        name: "Ada".to_owned(),
    };
    let here = |function: &str| format!("{}::{function}", module_path!());

    a.run(no_argument()).await;
    assert!(has_record::<u32>(&a, &here("no_argument"), "").await);
    a.run(two("a:b", 7)).await;
    assert!(has_record::<u32>(&a, &here("two"), "a%3Ab:7").await);
    a.run(text("acme", 7)).await;
    assert!(has_record::<u32>(&a, &here("text"), "spec:acme:7").await);
    a.run(expressions(&user())).await;
    assert!(has_record::<u32>(&a, &here("expressions"), "7:Ada").await);
    a.run(expression(&user())).await.expect("an answer");
    assert!(has_record::<u32>(&a, &here("expression"), "7").await);
    a.run(pattern((1, 2))).await;
    assert!(has_record::<u32>(&a, &here("pattern"), "1:2").await);
    a.run(impl_trait(7)).await;
    assert!(has_record::<String>(&a, &here("impl_trait"), "7").await);
    a.run(generic("x".to_owned())).await;
    assert!(has_record::<String>(&a, "keys.generic", "x").await);
    a.run(fourteen(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, "n"))
        .await;
    let all = "1:2:3:4:5:6:7:8:9:10:11:12:13:n";
    assert!(has_record::<u32>(&a, &here("fourteen"), all).await);
    a.run(handler(&user())).await;
    assert!(has_record::<u32>(&a, &here("handler.base"), "Ada").await);
    a.run(Repo.method(7)).await;
    assert!(has_record::<u32>(&a, "keys.method", "7").await);
}

pub(crate) async fn companions_reach_the_records_of_every_shape(fleet: &dyn Fleet) {
    let (a, _) = pair(fleet).await;
    let user = User {
        tenant: 7,
        name: "Ada".to_owned(),
    };
    let here = |function: &str| format!("{}::{function}", module_path!());
    a.run(two("a:b", 7)).await;
    a.run(two_cache().invalidate(("a:b", 7))).await;
    assert!(!has_record::<u32>(&a, &here("two"), "a%3Ab:7").await);
    a.run(expressions(&user)).await;
    a.run(expressions_cache().invalidate(expressions_key(&user)))
        .await;
    assert!(!has_record::<u32>(&a, &here("expressions"), "7:Ada").await);
    a.run(expression(&user)).await.expect("an answer");
    a.run(expression_cache().invalidate_all()).await;
    assert!(!has_record::<u32>(&a, &here("expression"), "7").await);
    a.run(handler(&user)).await;
    a.run(handler_base_cache().invalidate(handler_base_key(&user)))
        .await;
    assert!(!has_record::<u32>(&a, &here("handler.base"), "Ada").await);
}

pub(crate) async fn instances_of_one_generic_function_are_not_mixed(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    a.run(generic(7_u32)).await;
    // The second instance stays in memory: its records would be the first's.
    a.run(generic(7_u64)).await;
    let in_memory = a.run(async { generic_cache::<u64>().len() }).await;
    assert_eq!(in_memory, 1);
    assert_eq!(b.run(generic(7_u32)).await, "7");
    let stats = b.run(async { generic_cache::<u32>().stats() }).await;
    assert_eq!(stats.tier_hits, 1, "{stats}");
}
