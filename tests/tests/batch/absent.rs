//! Items that the source has nothing for.

use std::collections::HashMap;

use cached_attr::{FnCache, cached};
use tokio::time::advance;

use crate::{Fault, SECOND, Shop, sorted};

#[tokio::test(start_paused = true)]
async fn an_absent_item_is_asked_for_again_without_negative_ttl() {
    #[cached(ttl = "1m", batch = ids, skip(shop))]
    async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
        shop.prices(ids).await
    }

    let shop = Shop::new();
    assert_eq!(sorted(prices(&shop, vec![1, 100]).await), [(1, 10)]);
    assert_eq!(sorted(prices(&shop, vec![1, 100]).await), [(1, 10)]);
    assert_eq!(shop.asked(), [vec![1, 100], vec![100]]);
    prices_cache().insert(100, 5).await;
    prices_cache().expire(100).await;
    assert_eq!(sorted(prices(&shop, vec![100]).await), []);
    assert_eq!(
        prices_cache().age(100),
        None,
        "what was there is no longer true"
    );
}

#[tokio::test(start_paused = true)]
async fn with_negative_ttl_an_absence_is_kept_for_that_long() {
    #[cached(ttl = "1m", negative_ttl = "10s", batch = ids, skip(shop))]
    async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
        shop.prices(ids).await
    }

    let shop = Shop::new();
    assert_eq!(sorted(prices(&shop, vec![1, 100]).await), [(1, 10)]);
    assert_eq!(sorted(prices(&shop, vec![1, 100]).await), [(1, 10)]);
    assert_eq!(shop.asked().len(), 1);
    assert_eq!(prices_cache().get(100).await, None);
    advance(10 * SECOND).await;
    assert_eq!(sorted(prices(&shop, vec![1, 100]).await), [(1, 10)]);
    assert_eq!(shop.asked()[1..], [vec![100]]);
}

#[tokio::test(start_paused = true)]
async fn a_failed_load_records_nothing_as_absent() {
    #[cached(ttl = "1m", negative_ttl = "10s", batch = ids, skip(shop))]
    async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
        shop.prices(ids).await
    }

    let shop = Shop::new();
    shop.fails(true);
    assert_eq!(prices(&shop, vec![1, 100]).await, Err(Fault::Down));
    shop.fails(false);
    assert_eq!(sorted(prices(&shop, vec![1, 100]).await), [(1, 10)]);
    assert_eq!(shop.asked().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_function_of_one_key_makes_nothing_of_an_absence() {
    let cache: FnCache<u32, u32> = FnCache::builder().build();

    #[cached(ttl = "1m", negative_ttl = "10s", batch = ids, cache = *cache, skip(shop, cache))]
    async fn prices(
        shop: &Shop,
        ids: Vec<u32>,
        cache: &FnCache<u32, u32>,
    ) -> Result<HashMap<u32, u32>, Fault> {
        shop.prices(ids).await
    }

    #[cached(ttl = "1m", cache = *cache, skip(cache))]
    #[allow(clippy::unused_async, reason = "it stands for a request")]
    async fn price(id: u32, cache: &FnCache<u32, u32>) -> Result<u32, Fault> {
        Ok(id)
    }

    let shop = Shop::new();
    shop.takes(SECOND);
    let (many, one) = tokio::join!(prices(&shop, vec![100], &cache), price(100, &cache));
    assert_eq!((sorted(many), one), (vec![], Ok(100)));
}
