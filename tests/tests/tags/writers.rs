//! `#[invalidates(tag("…"))]`.

use cached_attr::{cached, invalidates};
use cached_attr_tests::{Gate, Source, Stepped};

macro_rules! order {
    ($name:ident, $tag:literal) => {
        #[cached(ttl = "1h", skip(source), tags = [$tag])]
        async fn $name(source: &Source, tenant: &str, id: u32) -> u32 {
            let _ = (tenant, id);
            source.ask()
        }
    };
}

#[tokio::test(start_paused = true)]
async fn a_writer_that_succeeds_invalidates_its_tags_and_one_that_fails_does_not() {
    order!(order, "writer:{tenant}");

    #[invalidates(tag("writer:{tenant}"))]
    async fn import(tenant: String, succeeds: bool) -> Result<(), String> {
        // Moved: the tag is taken before the body runs.
        drop(tenant);
        succeeds.then_some(()).ok_or_else(|| "no".to_owned())
    }

    let source = Source::new();
    assert_eq!(order(&source, "acme", 1).await, 1);
    assert_eq!(order(&source, "other", 1).await, 2);
    import("acme".to_owned(), false)
        .await
        .expect_err("it fails");
    assert_eq!(order(&source, "acme", 1).await, 1);
    import("acme".to_owned(), true).await.expect("it succeeds");
    assert_eq!(order(&source, "acme", 1).await, 3);
    assert_eq!(order(&source, "other", 1).await, 2);
}

#[tokio::test(start_paused = true)]
async fn what_captures_insert_is_escaped_as_in_the_tag_of_the_function() {
    order!(order, "escaped:{tenant}:{id}");

    #[invalidates(tag("escaped:{tenant}:{id}"))]
    async fn change(tenant: &str, id: u32) {}

    let source = Source::new();
    assert_eq!(order(&source, "a:b", 1).await, 1);
    change("a", 1).await;
    assert_eq!(order(&source, "a:b", 1).await, 1);
    change("a:b", 1).await;
    assert_eq!(order(&source, "a:b", 1).await, 2);
}

#[tokio::test(start_paused = true)]
async fn tags_stand_beside_keys_with_before_and_always() {
    order!(order, "beside:{tenant}");
    order!(other, "another");

    struct Shop(&'static str);

    impl Shop {
        #[invalidates(
            before,
            tag("beside:{self.0}"),
            other("acme", id),
            tag("nothing has this"),
            always
        )]
        async fn replace(&self, source: &Source, id: u32) -> Result<u32, u32> {
            Err(order(source, self.0, id).await)
        }
    }

    let source = Source::new();
    assert_eq!(order(&source, "acme", 1).await, 1);
    assert_eq!(other(&source, "acme", 1).await, 2);
    assert_eq!(
        Shop("acme").replace(&source, 1).await,
        Err(3),
        "gone already"
    );
    assert_eq!(order(&source, "acme", 1).await, 4, "and again after it");
    assert_eq!(other(&source, "acme", 1).await, 5);
}

#[tokio::test(start_paused = true)]
async fn a_writer_that_is_dropped_or_panics_invalidates_its_tags() {
    order!(order, "aborted:{tenant}");

    #[invalidates(tag("aborted:{tenant}"))]
    async fn import(tenant: &str, gate: &Gate) {
        gate.pass().await;
        panic!("halfway through");
    }

    let (source, closed, open) = (Source::new(), Gate::new(), Gate::opened());
    assert_eq!(order(&source, "acme", 1).await, 1);
    let writer = Stepped::begin(import("acme", &closed)).await;
    assert_eq!(order(&source, "acme", 1).await, 1);
    drop(writer);
    assert_eq!(order(&source, "acme", 1).await, 2);
    let writer = std::panic::AssertUnwindSafe(import("acme", &open));
    let ended = futures_util::FutureExt::catch_unwind(writer).await;
    assert!(ended.is_err());
    assert_eq!(order(&source, "acme", 1).await, 3);
    drop(import("acme", &open));
    assert_eq!(order(&source, "acme", 1).await, 3, "it never began");
}

#[tokio::test(start_paused = true)]
async fn a_cached_function_may_be_called_tag() {
    mod repository {
        #[cached_attr::cached(ttl = "1h", skip(source))]
        pub(super) async fn tag(source: &cached_attr_tests::Source, id: u32) -> u32 {
            let _ = id;
            source.ask()
        }
    }

    #[invalidates(repository::tag(id))]
    async fn rename(id: u32) {}

    let source = Source::new();
    assert_eq!(repository::tag(&source, 7).await, 1);
    rename(7).await;
    assert_eq!(repository::tag(&source, 7).await, 2);
}
