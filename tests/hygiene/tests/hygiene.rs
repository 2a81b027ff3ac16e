//! What compiles there also works.

use std::sync::Arc;

use cached_attr_hygiene::{generic, leaders, methods, options, shadows};
use methods::Prices as _;

#[tokio::test]
async fn functions_without_a_prelude_remember() {
    assert_eq!(
        (options::simplest(1).await, options::simplest(1).await),
        (1, 1)
    );
    assert_eq!(options::simplest_cache().stats().hits, 1);
    assert_eq!(options::relative("a").await, "a");
    assert_eq!(
        options::relative_cache().get("a").await.as_deref(),
        Some("a")
    );
    assert!(options::times(Some(0)).await.is_err());
    assert_eq!(options::times(None).await, Ok(None));
    assert_eq!(options::closures(&[1, 2]).await, [1, 2]);
    assert_eq!(options::modes(1, true, false).await, 1);
    assert_eq!(options::modes_cache().stats().bypassed, 1);
    assert_eq!(options::texts("a/b", 7).await, "a/b7");
    assert!(options::texts_cache().get("a%2Fb/0007").await.is_some());
    assert_eq!(options::texts_key("acme", 7), "acme/0007");
    assert_eq!(options::expressions("a", &[1]).await, 2);
    assert_eq!(options::texts_of(&["a", "b"], None).await, "ab");
    assert_eq!(options::tagged("acme", 7).await, "acme7");
    assert_eq!(options::change("acme", 7).await, 7);
    assert!(options::tagged_cache().is_empty());
    assert_eq!(options::alone().await, None);
    options::nothing(1).await;
    assert_eq!(options::revalidated("a", Some("b"), 1).await, "ab2");
    assert!(matches!(options::limited(1).await, Ok(1)));
    assert_eq!(options::behind("a").await, Ok(2));
}

#[tokio::test]
async fn methods_without_a_prelude_remember() {
    let client = methods::Client::new("north");
    assert_eq!(client.by_field(1).await, "north 1");
    assert!(
        methods::Client::by_field_cache()
            .get("north:1")
            .await
            .is_some()
    );
    assert_eq!(client.in_field(1).await, "north 1");
    assert_eq!(methods::Client::associated(1).await, 1);
    assert_eq!(client.public(1).await, 2);
    assert_eq!(client.price(1).await, 15);
    let client = Arc::new(client);
    assert_eq!(&*client.clone().of_arc().await, "north");
    assert!(client.ahead(7).await.ends_with("7north"));
}

#[tokio::test]
async fn generic_functions_without_a_prelude_remember() {
    assert_eq!(generic::shown(7).await, "7");
    assert_eq!(generic::made::<u32>("a").await, Ok(0));
    assert_eq!(generic::made::<u32>("a").await, Ok(0));
    assert_eq!(generic::skipped(&|id| id + 1, 1).await, 2);
    assert_eq!(generic::anonymous(|id| id + 1, 1).await, 2);
    assert_eq!(generic::Table::<u32>::default().row(1).await, Ok(0));
}

#[tokio::test]
async fn shadowed_names_do_no_harm() {
    assert_eq!(
        (shadows::shadowed(1, 2).await, shadows::shadowed(1, 2).await),
        (Some(3), Some(3))
    );
    assert_eq!(shadows::arguments(1, 2, 3, 4, 5, 6).await, 21);
}

#[memo::cached(ttl = "1m", crate = memo)]
async fn renamed(id: u32) -> Result<u32, String> {
    Ok(id)
}

#[tokio::test]
async fn the_crate_may_have_another_name() {
    assert_eq!((renamed(1).await, renamed(1).await), (Ok(1), Ok(1)));
    assert_eq!(renamed_cache().get(1).await, Some(1));
}

#[tokio::test]
async fn leaders_without_a_prelude_are_elected() {
    assert!(leaders::all("acme", 1).await.is_some());
    assert_eq!(leaders::all("acme", 1).await, None);
    assert_eq!(leaders::nothing("key".to_owned(), 7).await, Ok(()));
}
