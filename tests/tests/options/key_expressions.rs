//! Expressions in keys, and keys whose type no signature can name.

use std::collections::HashMap;
use std::hash::Hash;

use cached_attr::{cached, invalidates};
use cached_attr_tests::Source;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Plan {
    Free,
    Paid,
}

/// Neither `Display` nor `Copy`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Tenant(String);

struct Shop {
    tenant: Tenant,
    region: Option<String>,
    plan: Plan,
    name: &'static str,
    source: Source,
}

impl Shop {
    #[cached(ttl = "1m", key = (self.tenant, self.region.as_ref().map(String::len), self.plan, self.name, page))]
    async fn orders(&self, page: u32) -> u32 {
        let _ = page;
        self.source.ask()
    }
}

fn shop(tenant: &str, plan: Plan) -> Shop {
    Shop {
        tenant: Tenant(tenant.to_owned()),
        region: None,
        plan,
        name: "shop",
        source: Source::new(),
    }
}

#[tokio::test]
async fn a_newtype_an_enum_an_option_and_a_borrowed_text_are_parts_as_they_are() {
    let free = shop("acme", Plan::Free);
    assert_eq!(free.orders(1).await, 1);
    assert_eq!(free.orders(1).await, 1);
    assert_eq!(free.orders(2).await, 2);
    let paid = shop("acme", Plan::Paid);
    assert_eq!(paid.orders(1).await, 1);
    assert_eq!(paid.source.asked(), 1, "another plan is another key");
    Shop::orders_cache().invalidate(free.orders_key(1)).await;
    assert_eq!(free.orders(1).await, 3);
    assert_eq!(paid.orders(1).await, 1, "its entry is still there");
}

#[tokio::test]
async fn an_expression_of_an_evident_type_has_a_named_key() {
    #[allow(clippy::cast_lossless, reason = "a cast is what is tested")]
    #[cached(ttl = "1m", key = (format!("{name}!"), page as u64, name.to_string()))]
    async fn evident(name: &str, page: u32) -> String {
        format!("{name} {page}")
    }

    evident("a", 7).await;
    let key: (String, u64, String) = evident_key("a", 7);
    assert!(evident_cache().get(&key).await.is_some());
    assert!(evident_cache().get(("a!", 7, "a")).await.is_some());
}

struct Point {
    x: u32,
    y: u32,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Page(u32);

#[cached(ttl = "1m", skip(source, number))]
async fn at(
    source: &Source,
    Point { x, y }: Point,
    [low, high]: [u8; 2],
    page @ Page(number): Page,
) -> u32 {
    let _ = (x, y, low, high, page, number);
    source.ask()
}

#[tokio::test]
async fn struct_slice_and_at_patterns_have_companions() {
    let source = Source::new();
    let point = || Point { x: 1, y: 2 };
    assert_eq!(at(&source, point(), [1, 2], Page(3)).await, 1);
    assert_eq!(at(&source, point(), [1, 2], Page(3)).await, 1);
    assert_eq!(at_cache().len(), 1);
    at_cache()
        .invalidate(at_key(point(), [1, 2], Page(3)))
        .await;
    assert_eq!(at(&source, point(), [1, 2], Page(3)).await, 2);
}

/// As axum's.
struct Path<T>(T);

#[cached(ttl = "1m", skip(source))]
async fn handler(source: &Source, Path((sku, page)): Path<(String, u32)>) -> u32 {
    let _ = (sku, page);
    source.ask()
}

#[tokio::test]
async fn what_an_extractor_binds_has_a_named_type() {
    let source = Source::new();
    handler(&source, Path(("a".to_owned(), 1))).await;
    assert_eq!(handler_cache().get(("a", 1)).await, Some(1));
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Item {
    id: u32,
}

impl Item {
    #[cached(ttl = "1m", key = (self, page))]
    async fn page(&self, page: u32) -> u32 {
        self.id + page
    }
}

#[tokio::test]
async fn self_in_a_key_has_companions() {
    let item = Item { id: 7 };
    assert_eq!(item.page(1).await, 8);
    assert_eq!(Item::page_cache().get(&item.page_key(1)).await, Some(8));
    assert_eq!(Item::page_cache().get((&item, 1)).await, Some(8));
}

#[cached(ttl = "1m", key = (items.len(), items.first().cloned()), skip(source))]
async fn generic<T: Hash + Eq + Clone + Send + Sync + 'static>(
    source: &Source,
    items: &[T],
) -> u32 {
    let _ = items;
    source.ask()
}

#[tokio::test]
async fn a_generic_function_with_an_expression_has_companions_for_each_type() {
    let source = Source::new();
    assert_eq!(generic(&source, &[1u8]).await, 1);
    assert_eq!(generic(&source, &["a"]).await, 2);
    generic_cache::<u8>().invalidate(generic_key(&[1u8])).await;
    assert_eq!(generic(&source, &[1u8]).await, 3);
    assert_eq!(generic(&source, &["a"]).await, 2);
}

#[cached(ttl = "1m")]
#[allow(
    clippy::too_many_arguments,
    clippy::many_single_char_names,
    reason = "that many is what is tested"
)]
async fn fourteen(
    a: u8,
    b: u8,
    c: u8,
    d: u8,
    e: u8,
    f: u8,
    g: u8,
    h: u8,
    i: u8,
    j: u8,
    k: u8,
    l: u8,
    m: u8,
    n: &str,
) -> usize {
    usize::from(a + b + c + d + e + f + g + h + i + j + k + l + m) + n.len()
}

#[tokio::test]
async fn a_key_may_have_more_than_twelve_parts() {
    assert_eq!(
        fourteen(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, "a").await,
        14
    );
    assert_eq!(
        fourteen(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, "ab").await,
        15
    );
    let key = (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, (1, 1, "a"));
    let nested = fourteen_key(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, "a");
    assert_eq!(fourteen_cache().get(&nested).await, Some(14));
    let (head, tail) = ((1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), key.11);
    assert_eq!((head.0, tail.2), (1, "a"));
    assert_eq!(fourteen_cache().get(key).await, Some(14));
}

#[tokio::test]
async fn a_key_is_looked_up_by_any_form_of_it() {
    use std::sync::Arc;

    #[cached(ttl = "1m")]
    async fn forms(name: Arc<str>, ids: Vec<u32>) -> usize {
        name.len() + ids.len()
    }

    forms("abc".into(), vec![1, 2]).await;
    let cache = forms_cache();
    assert_eq!(cache.get(("abc", &[1, 2])).await, Some(5));
    assert_eq!(
        cache.get((Arc::<str>::from("abc"), vec![1, 2])).await,
        Some(5)
    );
    assert_eq!(
        cache.get(forms_key("abc".into(), vec![1, 2])).await,
        Some(5)
    );
    assert_eq!(cache.get(("abc", &[1][..])).await, None);
}

static ANSWERS: Source = Source::new();

#[cached(ttl = "1m", key = map.len())]
async fn sized(map: &HashMap<u32, u32>) -> u32 {
    let _ = map;
    ANSWERS.ask()
}

#[invalidates(sized(map))]
async fn resize(map: &HashMap<u32, u32>) {
    let _ = map;
}

#[tokio::test]
async fn a_writer_reaches_a_key_of_an_expression() {
    let map = HashMap::new();
    let first = sized(&map).await;
    assert_eq!(sized(&map).await, first);
    resize(&map).await;
    assert_ne!(sized(&map).await, first);
}

struct Held {
    answers: cached_attr::FnCache<(Plan, u32), u32>,
    plan: Plan,
}

impl Held {
    #[cached(ttl = "1m", key = (self.plan, id), cache = self.answers)]
    async fn answer(&self, id: u32) -> u32 {
        id
    }
}

#[tokio::test]
async fn a_cache_in_a_field_names_the_type_of_an_expression() {
    let held = Held {
        answers: cached_attr::FnCache::builder().build(),
        plan: Plan::Paid,
    };
    assert_eq!(held.answer(7).await, 7);
    assert_eq!(held.answers.get((&Plan::Paid, 7)).await, Some(7));
}
