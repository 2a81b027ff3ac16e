//! Loads that fail, take too long, panic or are dropped.

use std::collections::HashMap;

use cached_attr::cached;
use cached_attr_tests::{Gate, Stepped};
use futures_util::FutureExt as _;
use tokio::time::advance;

use crate::{Fault, SECOND, Shop, sorted};

#[tokio::test(start_paused = true)]
async fn stale_answers_stand_in_for_all_items_or_none() {
    #[cached(ttl = "1m", stale_if_error = "1h", batch = ids, skip(shop))]
    async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
        shop.prices(ids).await
    }

    let shop = Shop::new();
    prices(&shop, vec![1, 2]).await.expect("no fault");
    advance(60 * SECOND).await;
    shop.fails(true);
    assert_eq!(sorted(prices(&shop, vec![1, 2]).await), [(1, 10), (2, 20)]);
    assert_eq!(
        prices(&shop, vec![1, 2, 3]).await,
        Err(Fault::Down),
        "there is none for 3"
    );
    assert_eq!(
        shop.asked()[1..],
        [vec![1, 2], vec![3]],
        "the others are in their pause"
    );
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_get_the_error() {
    #[cached(ttl = "1m", batch = ids, skip(shop))]
    async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
        shop.prices(ids).await
    }

    let shop = Shop::new();
    shop.takes(SECOND);
    shop.fails(true);
    let (first, second) = tokio::join!(prices(&shop, vec![1, 2]), prices(&shop, vec![2]));
    assert_eq!((first, second), (Err(Fault::Down), Err(Fault::Down)));
    assert_eq!(shop.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_load_that_takes_too_long_frees_all_its_keys() {
    #[cached(ttl = "1m", timeout = "2s", batch = ids, skip(shop))]
    async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
        shop.prices(ids).await
    }

    let shop = Shop::new();
    shop.takes(1_000_000 * SECOND);
    assert!(matches!(
        prices(&shop, vec![1, 2]).await,
        Err(Fault::Slow(_))
    ));
    shop.takes(SECOND);
    assert_eq!(sorted(prices(&shop, vec![1, 2]).await), [(1, 10), (2, 20)]);
}

#[cached(ttl = "1m", batch = ids, skip(shop, gate, panics))]
async fn gated(
    shop: &Shop,
    gate: &Gate,
    panics: bool,
    ids: Vec<u32>,
) -> Result<HashMap<u32, u32>, Fault> {
    gate.pass().await;
    assert!(!panics, "the body panics");
    shop.prices(ids).await
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_batch_leaves_its_items_to_those_who_wait() {
    let (shop, closed, opened) = (Shop::new(), Gate::new(), Gate::opened());
    let first = Stepped::begin(gated(&shop, &closed, false, vec![1, 2])).await;
    let second = Stepped::begin(gated(&shop, &opened, false, vec![2, 3])).await;
    drop(first);
    assert_eq!(sorted(second.finish().await), [(2, 20), (3, 30)]);
    assert_eq!(shop.asked(), [vec![3], vec![2]]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_frees_all_items() {
    let (shop, gate, opened) = (Shop::new(), Gate::new(), Gate::opened());
    let panicking = std::panic::AssertUnwindSafe(gated(&shop, &gate, true, vec![11, 12]));
    let mut first = Box::pin(panicking.catch_unwind());
    assert!(cached_attr_tests::poll_once(first.as_mut()).await.is_none());
    let second = Stepped::begin(gated(&shop, &opened, false, vec![12])).await;
    gate.open();
    assert!(first.await.is_err());
    assert_eq!(sorted(second.finish().await), [(12, 120)]);
    assert_eq!(
        sorted(gated(&shop, &opened, false, vec![11]).await),
        [(11, 110)]
    );
}

#[tokio::test(start_paused = true)]
async fn an_invalidation_during_the_load_keeps_that_item_from_being_stored() {
    let (shop, gate, opened) = (Shop::new(), Gate::new(), Gate::opened());
    let first = Stepped::begin(gated(&shop, &gate, false, vec![21, 22])).await;
    gated_cache().invalidate(21).await;
    gate.open();
    assert_eq!(sorted(first.finish().await), [(21, 210), (22, 220)]);
    gated(&shop, &opened, false, vec![21, 22])
        .await
        .expect("no fault");
    assert_eq!(shop.asked(), [vec![21, 22], vec![21]]);
}
