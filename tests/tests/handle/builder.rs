//! `FnCache::builder()`.

use std::time::Duration;

use cached_attr::FnCache;
use tokio::time::advance;

#[tokio::test(start_paused = true)]
async fn without_a_ttl_an_answer_never_grows_old() {
    let cache: FnCache<u32, u32> = FnCache::builder().build();
    cache.insert(1, 10).await;
    advance(Duration::from_secs(60 * 60 * 24 * 365)).await;
    assert_eq!(cache.get(1).await, Some(10));
}

#[tokio::test(start_paused = true)]
async fn a_clone_is_another_handle_to_the_same_cache() {
    let cache: FnCache<String, u32> = FnCache::builder().ttl(Duration::from_secs(1)).build();
    let handle = cache.clone();
    cache.insert("a".to_owned(), 10).await;
    assert_eq!(handle.get("a").await, Some(10));
    handle.invalidate("a").await;
    assert_eq!(cache.get("a").await, None);
}

#[tokio::test(start_paused = true)]
async fn two_builds_are_two_caches() {
    let cache = || FnCache::<u32, u32>::builder().name("same").build();
    let (one, other) = (cache(), cache());
    one.insert(1, 10).await;
    assert_eq!(other.get(1).await, None);
    assert_eq!((one.name(), other.name()), ("same", "same"));
}

#[tokio::test(start_paused = true)]
async fn its_rules_hold_for_what_is_inserted() {
    let cache: FnCache<u32, u64> = FnCache::builder()
        .ttl_by(|seconds| Duration::from_secs(*seconds))
        .capacity(100)
        .build();
    cache.insert(1, 5).await;
    cache.insert(2, 50).await;
    cache.insert(3, 0).await;
    assert_eq!(cache.get(3).await, None);
    advance(Duration::from_secs(5)).await;
    assert_eq!((cache.get(1).await, cache.get(2).await), (None, Some(50)));
    for id in 0..10_000 {
        cache.insert(id, 60).await;
    }
    assert!(cache.len() <= 164, "{}", cache.len());
}

#[tokio::test(start_paused = true)]
async fn a_cache_of_weight_and_idle_time_can_be_built() {
    let cache: FnCache<u32, String> = FnCache::builder()
        .capacity(1000)
        .weigh(|_, text: &String| u32::try_from(text.len()).unwrap_or(u32::MAX))
        .tti(Duration::from_secs(10))
        .build();
    for id in 0..100 {
        cache.insert(id, "x".repeat(100)).await;
    }
    assert!(cache.len() <= 74, "{}", cache.len());
    cache.insert(1000, "short".to_owned()).await;
    assert_eq!(cache.get(1000).await.as_deref(), Some("short"));
    advance(Duration::from_secs(10)).await;
    assert_eq!(cache.get(1000).await, None);
}
