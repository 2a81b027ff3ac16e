//! A test's own caches have tags of their own.

use cached_attr::testing::isolated;
use cached_attr::{cached, invalidate_tag};
use cached_attr_tests::Source;

#[tokio::test(start_paused = true)]
async fn inside_isolated_a_tag_reaches_the_tests_own_caches_and_outside_the_others() {
    #[cached(ttl = "1h", skip(source), tags = ["isolated"])]
    async fn price(source: &Source) -> u32 {
        source.ask()
    }

    let source = Source::new();
    assert_eq!(price(&source).await, 1);
    isolated(async {
        assert_eq!(price(&source).await, 2);
        assert_eq!(invalidate_tag("isolated").await.removed, 1);
        assert_eq!(price(&source).await, 3);
    })
    .await;
    assert_eq!(price(&source).await, 1);
    let other = isolated(async {
        assert_eq!(invalidate_tag("isolated").await.removed, 0, "nothing here");
        price(&source).await
    });
    assert_eq!(other.await, 4);
    assert_eq!(invalidate_tag("isolated").await.removed, 1);
}
