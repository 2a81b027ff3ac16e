//! Tags of resources.

use cached_attr::{cached, invalidate_tag, invalidates};
use cached_attr_tests::Source;

async fn parameter(source: &Source, stage: &str) -> Result<String, String> {
    tokio::task::yield_now().await;
    Ok(format!("{stage} {}", source.ask()))
}

#[cached(let url: String = parameter(source, stage).await?, ttl = "1h", skip(source), tags = ["resource:{tenant}", "urls"])]
#[cached(let key = parameter(source, &url).await?, ttl = "1h", skip(source), tags = ["key-of:{url}"])]
async fn handler(source: &Source, stage: &str, tenant: &str) -> Result<String, String> {
    Ok(format!("{tenant}: {url}, {key}"))
}

#[invalidates(tag("resource:{tenant}"))]
async fn moved(tenant: &str) {}

#[tokio::test(start_paused = true)]
async fn resources_have_tags_of_arguments_and_of_other_resources() {
    let source = Source::new();
    let call = || handler(&source, "prod", "acme");
    assert_eq!(call().await.as_deref(), Ok("acme: prod 1, prod 1 2"));
    assert_eq!(invalidate_tag("key-of:prod 1").await.removed, 1);
    assert_eq!(call().await.as_deref(), Ok("acme: prod 1, prod 1 3"));
    moved("other").await;
    assert_eq!(call().await.as_deref(), Ok("acme: prod 1, prod 1 3"));
    moved("acme").await;
    assert_eq!(call().await.as_deref(), Ok("acme: prod 4, prod 4 5"));
    assert_eq!(invalidate_tag("urls").await.removed, 1);
    assert_eq!(handler_key_cache().len(), 2);
}
