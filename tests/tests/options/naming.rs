//! `name` and `handle`.

use cached_attr::cached;

mod inner {
    use cached_attr::cached;

    #[cached(ttl = "1m")]
    pub(crate) async fn located(id: u32) -> u32 {
        id
    }
}

#[tokio::test]
async fn a_cache_is_named_after_its_module_and_function() {
    inner::located(1).await;
    assert!(
        inner::located_cache()
            .name()
            .ends_with("naming::inner::located"),
        "{}",
        inner::located_cache().name()
    );
}

#[tokio::test]
async fn companions_are_as_visible_as_the_function() {
    assert_eq!(inner::located_key(3), 3);
    inner::located_cache().insert(3, 33).await;
    assert_eq!(inner::located(3).await, 33);
}

#[tokio::test]
async fn name_is_another_name() {
    #[cached(ttl = "1m", name = "billing/rates")]
    async fn named() -> u32 {
        1
    }

    named().await;
    assert_eq!(named_cache().name(), "billing/rates");
    assert!(
        cached_attr::caches()
            .iter()
            .any(|cache| cache.name == "billing/rates")
    );
}

#[cached(ttl = "1m", handle = false)]
async fn alone(id: u32) -> u32 {
    id
}

/// Would collide with companions.
fn alone_cache() -> u32 {
    1
}

fn alone_key() -> u32 {
    2
}

#[tokio::test]
async fn without_a_handle_there_are_no_companions() {
    assert_eq!((alone(5).await, alone(5).await), (5, 5));
    assert_eq!(alone_cache() + alone_key(), 3);
    let known = cached_attr::caches();
    let info = known.iter().find(|cache| cache.name.ends_with("::alone"));
    assert_eq!(info.map(|info| info.stats.hits), Some(1));
}
