//! Items whose keys are not simply themselves.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use cached_attr::{CacheControlExt as _, cached};
use cached_attr_tests::{Gate, Stepped};

use crate::{Fault, SECOND, Shop, sorted};

/// Ten items have one key.
#[cached(ttl = "1m", batch = ids, key = (tenant, ids / 10), skip(shop))]
async fn grouped(shop: &Shop, tenant: &str, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
    tracing::debug!(tenant);
    shop.prices(ids).await
}

#[tokio::test(start_paused = true)]
async fn items_of_one_key_are_loaded_once_and_all_answered() {
    let shop = Shop::new();
    shop.takes(SECOND);
    assert_eq!(
        sorted(grouped(&shop, "a", vec![1, 2, 11]).await),
        [(1, 10), (2, 10), (11, 110)]
    );
    assert_eq!(shop.asked(), [vec![1, 11]]);
    shop.fails(true);
    let failed = grouped(&shop, "b", vec![1, 2]).await;
    assert_eq!(failed, Err(Fault::Down));
    assert_eq!(shop.asked().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn items_of_one_key_under_a_strict_caller() {
    let shop = Shop::new();
    shop.takes(SECOND);
    let strict = grouped(&shop, "c", vec![1, 2]).no_cache();
    let strict = tokio::time::timeout(60 * SECOND, strict).await;
    assert_eq!(sorted(strict.expect("it ends")), [(1, 10), (2, 10)]);
    assert_eq!(shop.asked(), [vec![1]]);
}

/// Only its first half is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Partly(u32, u32);

impl Hash for Partly {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[tokio::test(start_paused = true)]
async fn items_of_one_hash_have_answers_of_their_own() {
    #[cached(ttl = "1m", batch = ids, skip(gate))]
    async fn sums(gate: &Gate, ids: Vec<Partly>) -> HashMap<Partly, u32> {
        gate.pass().await;
        ids.into_iter().map(|id| (id, id.0 + id.1)).collect()
    }

    let gate = Gate::new();
    let ids: Vec<_> = (0..20).map(|id| Partly(7, id)).collect();
    let first = Stepped::begin(sums(&gate, ids[..15].to_vec())).await;
    let second = Stepped::begin(sums(&gate, ids[5..].to_vec())).await;
    sums_cache().invalidate(&ids[3]).await;
    gate.open();
    let (first, second) = (first.finish().await, second.finish().await);
    assert!((0..15).all(|id| first[&ids[id]] == 7 + ids[id].1));
    assert!((5..20).all(|id| second[&ids[id]] == 7 + ids[id].1));
    assert_eq!(sums_cache().len(), 19);
}

#[tokio::test(start_paused = true)]
async fn a_batch_larger_than_the_capacity_is_answered_whole() {
    #[cached(ttl = "1m", batch = ids, capacity = 10, skip(shop))]
    async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
        shop.prices(ids).await
    }

    let shop = Shop::new();
    for _ in 0..2 {
        let answer = prices(&shop, (0..90).collect()).await;
        assert_eq!(answer.expect("no fault").len(), 90);
        prices_cache().free_expired();
        assert!(prices_cache().len() <= 10);
    }
}

#[tokio::test(start_paused = true)]
async fn options_of_a_value_see_that_of_an_item() {
    #[cached(
        ttl = |price: &u32| *price * SECOND,
        batch = ids,
        store_if = |price| *price != 30,
        weigh = |id, price| id + price,
        skip(shop),
    )]
    async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
        shop.prices(ids).await
    }

    let shop = Shop::new();
    for _ in 0..2 {
        prices(&shop, vec![1, 2, 3, 100]).await.expect("no fault");
    }
    tokio::time::advance(10 * SECOND).await;
    prices(&shop, vec![1, 2]).await.expect("no fault");
    assert_eq!(shop.asked(), [vec![1, 2, 3, 100], vec![3, 100], vec![1]]);
}
