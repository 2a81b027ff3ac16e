//! What happens to single items while a batch loads.

use std::collections::HashMap;

use cached_attr::{CacheControlExt as _, cached, invalidate_tag};
use cached_attr_tests::{Gate, Stepped};
use tokio::time::advance;

use crate::{Fault, SECOND, Shop, sorted};

#[cached(ttl = "1m", batch = ids, tags = ["group:{ids}"], skip(shop, gate))]
async fn gated(shop: &Shop, gate: &Gate, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
    gate.pass().await;
    shop.prices(ids).await
}

#[tokio::test(start_paused = true)]
async fn what_happens_to_one_item_leaves_the_others() {
    let (shop, gate, opened) = (Shop::new(), Gate::new(), Gate::opened());
    let first = Stepped::begin(gated(&shop, &gate, vec![1, 2, 3, 4, 5])).await;
    gated_cache().insert(1, 7).await;
    let written = gated_cache().write(2).await;
    invalidate_tag("group:3").await;
    gated_cache().invalidate(4).await;
    gate.open();
    assert_eq!(
        sorted(first.finish().await),
        [(1, 10), (2, 20), (3, 30), (4, 40), (5, 50)]
    );
    written.commit().await;
    assert_eq!(
        sorted(gated(&shop, &opened, vec![1, 2, 3, 4, 5]).await),
        [(1, 7), (2, 20), (3, 30), (4, 40), (5, 50)]
    );
    assert_eq!(shop.asked(), [vec![1, 2, 3, 4, 5], vec![2, 3, 4]]);
}

#[tokio::test(start_paused = true)]
async fn who_comes_after_an_invalidation_joins_the_other_items_only() {
    let (shop, gate) = (Shop::new(), Gate::new());
    let first = Stepped::begin(gated(&shop, &gate, vec![11, 12])).await;
    gated_cache().invalidate(11).await;
    let second = Stepped::begin(gated(&shop, &gate, vec![11, 12])).await;
    gate.open();
    let (first, second) = tokio::join!(first.finish(), second.finish());
    assert_eq!(sorted(first), [(11, 110), (12, 120)]);
    assert_eq!(sorted(second), [(11, 110), (12, 120)]);
    assert_eq!(shop.asked(), [vec![11, 12], vec![11]]);
}

#[tokio::test(start_paused = true)]
async fn a_strict_caller_loads_again_what_others_load_already() {
    let (shop, gate) = (Shop::new(), Gate::new());
    let first = Stepped::begin(gated(&shop, &gate, vec![21, 22])).await;
    let strict = Stepped::begin(gated(&shop, &gate, vec![22, 23]).no_cache()).await;
    let follower = Stepped::begin(gated(&shop, &gate, vec![21, 22, 23])).await;
    gate.open();
    let (first, strict, follower) =
        tokio::join!(first.finish(), strict.finish(), follower.finish());
    assert_eq!(sorted(first), [(21, 210), (22, 220)]);
    assert_eq!(sorted(strict), [(22, 220), (23, 230)]);
    assert_eq!(sorted(follower).len(), 3);
    assert_eq!(shop.asked(), [vec![21, 22], vec![22, 23]]);
}

#[tokio::test(start_paused = true)]
async fn one_slow_chunk_ends_the_call_and_the_others_are_stored() {
    #[cached(ttl = "1m", timeout = "10s", batch = ids, max_batch = 2, skip(shop))]
    async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
        if ids.contains(&3) {
            std::future::pending::<()>().await;
        }
        shop.prices(ids).await
    }

    let shop = Shop::new();
    shop.takes(SECOND);
    let answer = prices(&shop, vec![1, 2, 3, 4, 5]).await;
    assert!(matches!(answer, Err(Fault::Slow(_))));
    assert_eq!(
        sorted(prices(&shop, vec![1, 2, 5]).await),
        [(1, 10), (2, 20), (5, 50)]
    );
    assert_eq!(shop.asked(), [vec![1, 2], vec![5]]);
    assert_eq!(sorted(prices(&shop, vec![4]).await), [(4, 40)]);
}

#[tokio::test(start_paused = true)]
async fn a_stored_error_of_one_item_is_that_of_the_call() {
    #[cached(ttl = "1m", error_ttl = "10s", batch = ids, skip(shop))]
    async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
        shop.prices(ids).await
    }

    let shop = Shop::new();
    prices(&shop, vec![1]).await.expect("no fault");
    shop.fails(true);
    assert_eq!(prices(&shop, vec![1, 2]).await, Err(Fault::Down));
    shop.fails(false);
    assert_eq!(prices(&shop, vec![1, 2, 3]).await, Err(Fault::Down));
    assert_eq!(sorted(prices(&shop, vec![1, 3]).await), [(1, 10), (3, 30)]);
    advance(10 * SECOND).await;
    assert_eq!(sorted(prices(&shop, vec![1, 2]).await), [(1, 10), (2, 20)]);
    assert_eq!(shop.asked(), [vec![1], vec![2], vec![3], vec![2]]);
}

#[tokio::test(start_paused = true)]
async fn an_absence_serves_as_a_stale_answer_too() {
    #[cached(ttl = "1m", negative_ttl = "10s", stale_if_error = "1h", batch = ids, skip(shop))]
    async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
        shop.prices(ids).await
    }

    let shop = Shop::new();
    assert_eq!(sorted(prices(&shop, vec![1, 100]).await), [(1, 10)]);
    shop.fails(true);
    advance(60 * SECOND).await;
    assert_eq!(sorted(prices(&shop, vec![1, 100]).await), [(1, 10)]);
    assert_eq!(shop.asked().len(), 2);
    advance(3600 * SECOND).await;
    assert_eq!(prices(&shop, vec![1, 100]).await, Err(Fault::Down));
}

#[tokio::test(start_paused = true)]
async fn hits_do_not_hide_a_missing_item_in_the_status() {
    #[cached(ttl = "1m", batch = ids, skip(shop))]
    async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
        shop.prices(ids).await
    }

    let shop = Shop::new();
    let (_, status) = prices(&shop, vec![1]).with_status().await;
    assert!(!status.hit && status.stored, "{status}");
    advance(SECOND).await;
    let (_, status) = prices(&shop, vec![2, 1]).with_status().await;
    assert!(!status.hit && status.stored, "{status}");
    let (_, status) = prices(&shop, vec![2, 1]).with_status().await;
    assert!(status.hit && !status.stored, "{status}");
}
