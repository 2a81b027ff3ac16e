//! Keys whose type the companions cannot write.

use cached_attr::{CacheKey, FnCache, Unnamed, UnnamedKey, cached};

#[cached(ttl = "1m", key = (left + right, left.min(right)))]
async fn product(left: u32, right: u32) -> u32 {
    left * right
}

/// What an application writes once for all such caches.
async fn held<K: CacheKey>(cache: &FnCache<Unnamed<K>, u32>, key: &UnnamedKey) -> Option<u32> {
    cache.get(key).await
}

#[tokio::test]
async fn a_cache_and_its_key_can_be_passed_on_without_their_type() {
    product(2, 3).await;
    assert_eq!(held(product_cache(), &product_key(3, 2)).await, Some(6));
    assert_eq!(held(product_cache(), &product_key(1, 4)).await, None);
}
