//! Which items are asked for.

use std::collections::{BTreeMap, HashMap};

use cached_attr::{CacheControlExt as _, FnCache, cached, invalidates};
use tokio::time::advance;

use crate::{Fault, SECOND, Shop, sorted};

#[cached(ttl = "1m", batch = ids, skip(shop))]
async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
    shop.prices(ids).await
}

#[tokio::test(start_paused = true)]
async fn the_function_is_called_once_with_the_missing_items_each_once() {
    let shop = Shop::new();
    assert_eq!(
        sorted(prices(&shop, vec![1, 2, 2]).await),
        [(1, 10), (2, 20)]
    );
    assert_eq!(
        sorted(prices(&shop, vec![3, 2, 1, 3]).await),
        [(1, 10), (2, 20), (3, 30)]
    );
    assert_eq!(
        sorted(prices(&shop, vec![1, 2, 3]).await),
        [(1, 10), (2, 20), (3, 30)]
    );
    assert_eq!(sorted(prices(&shop, vec![]).await), []);
    assert_eq!(shop.asked(), [vec![1, 2], vec![3]]);
    advance(60 * SECOND).await;
    prices(&shop, vec![1]).await.expect("no fault");
    assert_eq!(shop.asked().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn each_item_is_a_key_of_the_cache() {
    let shop = Shop::new();
    prices(&shop, vec![11, 12]).await.expect("no fault");
    assert_eq!(prices_cache().get(11).await, Some(110));
    assert_eq!(prices_key(12), 12);
    prices_cache().invalidate(12).await;
    prices_cache().insert(13, 7).await;
    assert_eq!(
        sorted(prices(&shop, vec![11, 12, 13]).await),
        [(11, 110), (12, 120), (13, 7)]
    );
    assert_eq!(shop.asked(), [vec![11, 12], vec![12]]);
}

#[tokio::test(start_paused = true)]
async fn other_arguments_are_part_of_each_key() {
    #[cached(ttl = "1m", batch = ids, skip(shop), tags = ["tenant:{tenant}"])]
    async fn of(shop: &Shop, tenant: &str, ids: Vec<u32>) -> BTreeMap<u32, String> {
        let prices = shop.prices(ids).await.expect("no fault");
        prices
            .into_iter()
            .map(|(id, price)| (id, format!("{tenant}{price}")))
            .collect()
    }

    #[invalidates(of(tenant, id))]
    async fn put(tenant: &str, id: u32) {}

    let shop = Shop::new();
    let text = async |tenant: &str, ids| {
        let values: Vec<String> = of(&shop, tenant, ids).await.into_values().collect();
        values.join(" ")
    };
    assert_eq!(text("a", vec![1, 2]).await, "a10 a20");
    assert_eq!(text("b", vec![2, 3]).await, "b20 b30");
    assert_eq!(of_cache().get(("a", 1)).await.as_deref(), Some("a10"));
    put("a", 1).await;
    assert_eq!(text("a", vec![1, 2]).await, "a10 a20");
    assert_eq!(cached_attr::invalidate_tag("tenant:b").await.removed, 2);
    assert_eq!(text("b", vec![2, 3]).await, "b20 b30");
    assert_eq!(shop.asked(), [vec![1, 2], vec![2, 3], vec![1], vec![2, 3]]);
}

#[tokio::test(start_paused = true)]
async fn a_text_key_names_the_item() {
    #[cached(ttl = "1m", batch = ids, key = "price:{ids}", skip(shop))]
    async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
        shop.prices(ids).await
    }

    let shop = Shop::new();
    prices(&shop, vec![1]).await.expect("no fault");
    assert_eq!(prices_cache().get("price:1").await, Some(10));
}

#[tokio::test(start_paused = true)]
async fn max_batch_splits_the_missing_items() {
    #[cached(ttl = "1m", batch = ids, max_batch = 10, skip(shop))]
    async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
        shop.prices(ids).await
    }

    let shop = Shop::new();
    shop.takes(SECOND);
    let began = tokio::time::Instant::now();
    assert_eq!(
        prices(&shop, (0..25).collect())
            .await
            .expect("no fault")
            .len(),
        25
    );
    assert_eq!(began.elapsed(), SECOND, "side by side");
    let sizes: Vec<usize> = shop.asked().iter().map(Vec::len).collect();
    assert_eq!(sizes, [10, 10, 5]);
}

#[tokio::test(start_paused = true)]
async fn bypass_and_refresh_hold_for_all_items() {
    #[cached(ttl = "1m", batch = ids, bypass = *test, refresh = *force, skip(shop, test, force))]
    async fn prices(
        shop: &Shop,
        ids: Vec<u32>,
        test: &bool,
        force: &bool,
    ) -> Result<HashMap<u32, u32>, Fault> {
        shop.prices(ids).await
    }

    let shop = Shop::new();
    prices(&shop, vec![1, 2], &true, &false)
        .await
        .expect("no fault");
    assert_eq!(prices_cache().len(), 0);
    prices(&shop, vec![1, 2], &false, &false)
        .await
        .expect("no fault");
    prices(&shop, vec![1, 2], &false, &true)
        .await
        .expect("no fault");
    prices(&shop, vec![1, 2], &false, &false)
        .await
        .expect("no fault");
    prices(&shop, vec![1, 2], &false, &false)
        .no_cache()
        .await
        .expect("no fault");
    prices(&shop, vec![1, 2], &false, &false)
        .no_store()
        .await
        .expect("no fault");
    assert_eq!(shop.asked().len(), 5);
}

struct Service {
    shop: Shop,
    cache: FnCache<u32, u32>,
}

impl Service {
    #[cached(ttl = "1m", batch = ids, cache = self.cache)]
    async fn prices(&self, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
        self.shop.prices(ids).await
    }

    #[cached(ttl = "1m", cache = self.cache)]
    async fn price(&self, id: u32) -> Result<u32, Fault> {
        let prices = self.shop.prices(vec![id]).await?;
        prices.get(&id).copied().ok_or(Fault::Down)
    }
}

#[tokio::test(start_paused = true)]
async fn a_function_of_one_key_shares_the_cache_and_its_loads() {
    let service = Service {
        shop: Shop::new(),
        cache: FnCache::builder().build(),
    };
    service.shop.takes(SECOND);
    let (many, one, again) = tokio::join!(
        service.prices(vec![1, 2]),
        service.price(2),
        service.prices(vec![2, 3])
    );
    assert_eq!(sorted(many), [(1, 10), (2, 20)]);
    assert_eq!(one, Ok(20));
    assert_eq!(sorted(again), [(2, 20), (3, 30)]);
    assert_eq!(service.shop.asked(), [vec![1, 2], vec![3]]);
    let (one, many) = tokio::join!(service.price(4), service.prices(vec![4, 5]));
    assert_eq!((one, sorted(many)), (Ok(40), vec![(4, 40), (5, 50)]));
    assert_eq!(service.shop.asked()[2..], [vec![4], vec![5]]);
}
