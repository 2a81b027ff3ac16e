//! A resource's key is what its expression names.

use cached_attr::cached;
use cached_attr_tests::Source;

use crate::MILLISECOND;

async fn parameter(source: &Source, path: &str) -> String {
    format!("{path} {}", source.ask_for(MILLISECOND).await)
}

#[tokio::test(start_paused = true)]
async fn prod_var_and_test_var_never_share_an_entry() {
    #[cached(let var = parameter(source, &format!("/{stage}/var")).await, ttl = "1h", skip(source))]
    async fn by_argument(source: &Source, stage: &str) -> String {
        var
    }

    #[cached(let prod = parameter(source, "/prod/var").await, ttl = "1h", skip(source))]
    #[cached(let test = parameter(source, "/test/var").await, ttl = "1h", skip(source))]
    async fn by_name(source: &Source) -> [String; 2] {
        [prod, test]
    }

    let source = Source::new();
    for _ in 0..2 {
        assert_eq!(by_argument(&source, "prod").await, "/prod/var 1");
        assert_eq!(by_argument(&source, "test").await, "/test/var 2");
    }
    for _ in 0..2 {
        assert_eq!(by_name(&source).await, ["/prod/var 3", "/test/var 4"]);
    }
}

#[tokio::test(start_paused = true)]
async fn arguments_it_does_not_name_do_not_count() {
    #[cached(let url = parameter(source, stage).await, ttl = "1h", skip(source))]
    async fn handler(source: &Source, stage: &str, event: Vec<f64>) -> String {
        format!("{url} {}", event.len())
    }

    let source = Source::new();
    assert_eq!(handler(&source, "a", vec![]).await, "a 1 0");
    assert_eq!(handler(&source, "a", vec![0.5]).await, "a 1 1");
    assert_eq!(handler(&source, "b", vec![]).await, "b 2 0");
}

#[tokio::test(start_paused = true)]
async fn a_text_key_and_a_shared_cache_make_two_handlers_share_a_value() {
    #[cached(let url = parameter(source, "/url").await, ttl = "1h", key = "/url", skip(source))]
    async fn one(source: &Source) -> String {
        url
    }

    #[cached(let address = parameter(source, "/url").await, ttl = "1h", key = "/url",
             cache = shared, skip(source))]
    async fn other(source: &Source, shared: &cached_attr::FnCache<String, String>) -> String {
        address
    }

    let shared = cached_attr::FnCache::builder().ttl(crate::SECOND).build();
    let source = Source::new();
    assert_eq!(one(&source).await, "/url 1");
    assert_eq!(other(&source, &shared).await, "/url 2");
    assert_eq!(one(&source).await, "/url 1");
    assert_eq!(shared.get("/url").await.as_deref(), Some("/url 2"));
}

#[tokio::test(start_paused = true)]
async fn two_handlers_never_share_an_entry_by_accident() {
    #[cached(let url = parameter(source, "/url").await, ttl = "1h", skip(source))]
    async fn one(source: &Source) -> String {
        url
    }

    #[cached(let url = parameter(source, "/url").await, ttl = "1h", skip(source))]
    async fn other(source: &Source) -> String {
        url
    }

    let source = Source::new();
    assert_eq!(one(&source).await, "/url 1");
    assert_eq!(other(&source).await, "/url 2");
    assert_eq!(one_url_cache().name(), "resources::keys::one.url");
}
