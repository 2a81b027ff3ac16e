//! Tests of code under `#[leader]` run in parallel.

use cached_attr::leader;
use cached_attr::testing::isolated;
use cached_attr_tests::Source;

#[leader(key = "isolated", grace = "1h")]
async fn seed(source: &Source) -> Option<u32> {
    Some(source.ask())
}

#[tokio::test]
async fn an_isolated_future_has_leaders_of_its_own() {
    let source = Source::new();
    assert_eq!(seed(&source).await, Some(1));
    for answer in [2, 3] {
        isolated(async {
            assert_eq!(seed(&source).await, Some(answer));
            assert_eq!(seed(&source).await, None);
        })
        .await;
    }
    assert_eq!(seed(&source).await, None);
}
