//! `key` and `skip`: what makes two calls the same.

use std::sync::Arc;

use cached_attr::cached;
use cached_attr_tests::Source;

static SOURCE: Source = Source::new();

#[cached(ttl = "1m")]
async fn every_argument(name: &str, page: u32, owned: String) -> u32 {
    let _ = (name, page, owned);
    SOURCE.ask()
}

#[tokio::test]
async fn by_default_every_argument_counts() {
    let answer = every_argument("a", 1, "x".to_owned()).await;
    assert_eq!(every_argument("a", 1, "x".to_owned()).await, answer);
    assert_ne!(every_argument("b", 1, "x".to_owned()).await, answer);
    assert_ne!(every_argument("a", 2, "x".to_owned()).await, answer);
    assert_ne!(every_argument("a", 1, "y".to_owned()).await, answer);
    let key: (String, u32, String) = every_argument_key("a", 1, "x".to_owned());
    assert_eq!(every_argument_cache().get(&key).await, Some(answer));
    assert_eq!(
        every_argument_cache().get(("a", 1, "x")).await,
        Some(answer)
    );
}

#[tokio::test]
async fn arguments_do_not_run_into_each_other() {
    #[cached(ttl = "1m")]
    async fn pair(a: &str, b: &str) -> String {
        format!("{a}|{b}")
    }

    assert_eq!(pair("ab", "c").await, "ab|c");
    assert_eq!(pair("a", "bc").await, "a|bc");
    assert_eq!(pair("", "abc").await, "|abc");
}

#[tokio::test]
async fn skipped_arguments_do_not_count() {
    #[cached(ttl = "1m", skip(attempt, source))]
    async fn skipping(source: &Source, id: u32, attempt: f64) -> u32 {
        let _ = (id, attempt);
        source.ask()
    }

    let (one, other) = (Source::new(), Source::new());
    assert_eq!(skipping(&one, 1, 0.5).await, 1);
    assert_eq!(skipping(&other, 1, 1.5).await, 1);
    assert_eq!((one.asked(), other.asked()), (1, 0));
    assert_eq!(skipping_cache().get(1).await, Some(1));
    let key: u32 = skipping_key(1);
    assert_eq!(key, 1);
}

#[tokio::test]
async fn one_argument_can_be_the_key() {
    #[cached(ttl = "1m", key = id, skip(noise))]
    async fn selected(id: &str, noise: u32) -> u32 {
        noise
    }

    assert_eq!(selected("a", 1).await, 1);
    assert_eq!(selected("a", 2).await, 1);
    assert_eq!(selected_cache().get("a").await, Some(1));
    assert_eq!(selected_key("a"), "a");
}

#[tokio::test]
async fn a_tuple_selects_arguments_in_its_own_order() {
    #[cached(ttl = "1m", key = (tenant, id), skip(noise))]
    async fn tuple(id: u32, tenant: &str, noise: u32) -> String {
        format!("{tenant} {id} {noise}")
    }

    assert_eq!(tuple(7, "acme", 1).await, "acme 7 1");
    assert_eq!(tuple(7, "acme", 2).await, "acme 7 1");
    assert_eq!(
        tuple_cache().get(("acme", 7)).await.as_deref(),
        Some("acme 7 1")
    );
    assert!(tuple_cache().get(&tuple_key(7, "acme")).await.is_some());
}

struct Tenant {
    id: u32,
    label: String,
}

#[tokio::test]
async fn an_expression_is_a_key_as_the_value_that_it_is() {
    #[cached(ttl = "1m", key = tenant.id)]
    async fn by_field(tenant: &Tenant) -> String {
        tenant.label.clone()
    }

    #[cached(ttl = "1m", key = (tenant.id, page))]
    async fn by_field_and_page(tenant: &Tenant, page: u32) -> String {
        format!("{} {page}", tenant.label)
    }

    let one = Tenant {
        id: 1,
        label: "one".to_owned(),
    };
    let same_id = Tenant {
        id: 1,
        label: "renamed".to_owned(),
    };
    assert_eq!(by_field(&one).await, "one");
    assert_eq!(by_field(&same_id).await, "one");
    let held = by_field_cache().get(by_field_key(&one)).await;
    assert_eq!(held.as_deref(), Some("one"));
    assert_eq!(by_field_and_page(&one, 2).await, "one 2");
    assert_eq!(by_field_and_page(&same_id, 2).await, "one 2");
    assert_eq!(by_field_and_page(&same_id, 3).await, "renamed 3");
    let key = by_field_and_page_key(&same_id, 2);
    assert!(by_field_and_page_cache().get(&key).await.is_some());
    by_field_and_page_cache().invalidate(&key).await;
    assert!(by_field_and_page_cache().get(key).await.is_none());
}

#[tokio::test]
async fn options_of_borrowed_arguments_are_keys() {
    #[cached(ttl = "1m")]
    async fn optional(name: Option<&str>, id: Option<u32>) -> String {
        format!("{name:?} {id:?}")
    }

    assert_eq!(optional(Some("a"), None).await, "Some(\"a\") None");
    assert_eq!(optional(None, Some(1)).await, "None Some(1)");
    assert_eq!(optional(None, None).await, "None None");
    assert_eq!(optional(Some(""), None).await, "Some(\"\") None");
    assert_eq!(optional_cache().len(), 4);
    let held = optional_cache().get((Some("a"), None::<u32>)).await;
    assert_eq!(held.as_deref(), Some("Some(\"a\") None"));
    assert!(
        optional_cache()
            .get(&(Some("a".to_owned()), None))
            .await
            .is_some()
    );
}

#[tokio::test]
async fn slices_and_slices_of_borrowed_parts_are_keys() {
    #[cached(ttl = "1m", skip(source))]
    async fn numbers(source: &Source, ids: &[u32]) -> u32 {
        let _ = ids;
        source.ask()
    }

    #[cached(ttl = "1m", skip(source))]
    async fn names(source: &Source, names: &[&str]) -> u32 {
        let _ = names;
        source.ask()
    }

    let source = Source::new();
    assert_eq!(numbers(&source, &[1, 2]).await, 1);
    assert_eq!(numbers(&source, &[1, 2]).await, 1);
    assert_eq!(numbers(&source, &[12]).await, 2);
    assert_eq!(numbers(&source, &[]).await, 3);
    assert_eq!(numbers_cache().get(&[1, 2][..]).await, Some(1));
    assert_eq!(names(&source, &["ab", "c"]).await, 4);
    assert_eq!(names(&source, &["ab", "c"]).await, 4);
    assert_eq!(names(&source, &["a", "bc"]).await, 5);
    assert_eq!(names(&source, &["a", "b", "c"]).await, 6);
}

#[tokio::test]
async fn owned_values_references_and_shared_values_are_keys() {
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    enum Region {
        North,
        South,
    }

    #[cached(ttl = "1m")]
    async fn mixed(region: &Region, bytes: Vec<u8>, shared: Arc<str>, nothing: ()) -> String {
        format!("{region:?} {bytes:?} {shared} {nothing:?}")
    }

    let shared: Arc<str> = Arc::from("s");
    let north = mixed(&Region::North, vec![1], Arc::clone(&shared), ()).await;
    assert_eq!(north, "North [1] s ()");
    let south = mixed(&Region::South, vec![1], shared, ()).await;
    assert_eq!(south, "South [1] s ()");
}

#[tokio::test]
async fn a_constant_text_is_one_key_for_all() {
    #[cached(ttl = "1m", key = "all", skip(source, consumer))]
    async fn all(source: &Source, consumer: &str) -> u32 {
        let _ = consumer;
        source.ask()
    }

    let source = Source::new();
    assert_eq!((all(&source, "a").await, all(&source, "b").await), (1, 1));
    assert_eq!(all_cache().get("all").await, Some(1));
    assert_eq!(all_key(), "all");
    all_cache().invalidate("all").await;
    assert_eq!(all(&source, "a").await, 2);
}

#[tokio::test]
async fn functions_without_arguments_have_one_entry() {
    #[cached(ttl = "1m")]
    async fn nothing() -> u32 {
        static SOURCE: Source = Source::new();
        SOURCE.ask()
    }

    assert_eq!((nothing().await, nothing().await), (1, 1));
    assert_eq!(nothing_cache().get(()).await, Some(1));
    assert_eq!(nothing_cache().len(), 1);
    let () = nothing_key();
    nothing_cache().invalidate(()).await;
    assert_eq!(nothing().await, 2);
}

#[tokio::test]
async fn two_functions_never_share_an_entry() {
    #[cached(ttl = "1m")]
    async fn first(id: u32) -> u32 {
        id + 1
    }

    #[cached(ttl = "1m")]
    async fn second(id: u32) -> u32 {
        id + 2
    }

    #[cached(ttl = "1m", key = "same")]
    async fn third() -> u32 {
        3
    }

    #[cached(ttl = "1m", key = "same")]
    async fn fourth() -> u32 {
        4
    }

    assert_eq!((first(1).await, second(1).await), (2, 3));
    assert_eq!((third().await, fourth().await), (3, 4));
}
