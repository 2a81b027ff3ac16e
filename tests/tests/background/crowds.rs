//! Each option under a thousand callers at once.

use std::sync::Arc;

use cached_attr::cached;
use cached_attr_tests::Gate;
use tokio::task::JoinSet;
use tokio::time::{Instant, advance};

use crate::{Fault, Manner, SECOND, Shop, settle};

const CALLERS: u32 = 1000;

/// The answers of so many calls at once, each in a task of its own.
async fn answers<F>(call: impl Fn() -> F) -> Vec<Result<u32, Fault>>
where
    F: Future<Output = Result<u32, Fault>> + Send + 'static,
{
    let mut calls = JoinSet::new();
    for _ in 0..CALLERS {
        calls.spawn(call());
    }
    calls.join_all().await
}

#[tokio::test(start_paused = true)]
async fn of_a_stale_answer_all_are_served_it_and_one_load_begins() {
    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop))]
    async fn price(shop: Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    let shop = Shop::new();
    assert_eq!(price(shop.clone()).await, Ok(1));
    advance(60 * SECOND).await;
    shop.slow(SECOND);
    let began = Instant::now();
    let served = answers(|| price(shop.clone())).await;
    assert!(served.iter().all(|answer| *answer == Ok(1)));
    assert_eq!(began.elapsed().as_millis(), 0, "nobody waits");
    settle().await;
    let stats = price_cache().stats();
    assert_eq!((shop.asked(), stats.refreshes, stats.stale), (2, 1, 1000));
    assert_eq!(stats.refreshes_skipped, 0);
}

#[tokio::test(start_paused = true)]
async fn past_the_mark_all_are_hits_and_one_load_begins() {
    #[cached(ttl = "100s", refresh_ahead = 0.8, skip(shop))]
    async fn price(shop: Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    let shop = Shop::new();
    assert_eq!(price(shop.clone()).await, Ok(1));
    advance(80 * SECOND).await;
    shop.slow(SECOND);
    let served = answers(|| price(shop.clone())).await;
    assert!(served.iter().all(|answer| *answer == Ok(1)));
    let stats = price_cache().stats();
    assert_eq!((stats.hits, stats.refreshes), (1000, 1));
    tokio::time::sleep(2 * SECOND).await;
    assert_eq!((price(shop.clone()).await, shop.asked()), (Ok(2), 2));
}

#[tokio::test(start_paused = true)]
async fn a_load_that_takes_too_long_ends_for_all_at_once() {
    #[cached(ttl = "1m", timeout = "2s", skip(shop))]
    async fn price(shop: Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    let shop = Shop::new();
    shop.slow(1_000_000 * SECOND);
    let began = Instant::now();
    let failed = answers(|| price(shop.clone())).await;
    assert!(
        failed
            .iter()
            .all(|answer| matches!(answer, Err(Fault::Slow(_))))
    );
    assert_eq!((began.elapsed(), shop.asked()), (2 * SECOND, 1));
    shop.becomes(Manner::default());
    assert_eq!(price(shop.clone()).await, Ok(2), "the key is free");
}

#[tokio::test(start_paused = true)]
async fn a_load_that_nobody_polls_any_more_is_replaced_once_for_all() {
    #[cached(ttl = "1m", timeout = "2s", skip(shop))]
    async fn price(shop: Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    let shop = Shop::new();
    shop.slow(SECOND / 10);
    let began = Instant::now();
    let left = cached_attr_tests::Stepped::begin(price(shop.clone())).await;
    let served = answers(|| price(shop.clone())).await;
    assert!(served.iter().all(|answer| *answer == Ok(2)), "{served:?}");
    assert_eq!(shop.asked(), 2, "one load in its place");
    assert!(began.elapsed() < 3 * SECOND);
    drop(left);
}

#[tokio::test(start_paused = true)]
async fn errors_that_cannot_be_shared_keep_nobody_longer_than_three_loads() {
    struct Own;

    impl From<cached_attr::TimedOut> for Own {
        fn from(_: cached_attr::TimedOut) -> Self {
            Own
        }
    }

    #[cached(ttl = "1m", timeout = "2s", skip(shop))]
    async fn price(shop: Shop) -> Result<u32, Own> {
        shop.ask().await.map_err(|_| Own)
    }

    let shop = Shop::new();
    shop.slow(1_000_000 * SECOND);
    let began = Instant::now();
    let mut calls = JoinSet::new();
    for _ in 0..CALLERS {
        calls.spawn(price(shop.clone()));
    }
    assert!(calls.join_all().await.iter().all(Result::is_err));
    assert_eq!(began.elapsed(), 6 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn after_the_soft_timeout_all_are_served_the_stale_answer_together() {
    #[cached(ttl = "1m", stale_if_error = "1h", soft_timeout = "200ms", skip(shop))]
    async fn price(shop: Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    let shop = Shop::new();
    assert_eq!(price(shop.clone()).await, Ok(1));
    advance(60 * SECOND).await;
    shop.slow(10 * SECOND);
    let began = Instant::now();
    let served = answers(|| price(shop.clone())).await;
    assert!(served.iter().all(|answer| *answer == Ok(1)));
    assert_eq!((began.elapsed().as_millis(), shop.asked()), (200, 2));
    let served = answers(|| price(shop.clone())).await;
    assert!(served.iter().all(|answer| *answer == Ok(1)));
    assert_eq!((began.elapsed().as_millis(), shop.asked()), (200, 2));
    tokio::time::sleep(10 * SECOND).await;
    assert_eq!((price(shop.clone()).await, shop.asked()), (Ok(2), 2));
}

#[tokio::test(start_paused = true)]
async fn beyond_the_window_all_wait_for_the_load_in_the_background() {
    #[cached(ttl = "1m", stale_while_revalidate = "10s", skip(shop, gate))]
    async fn price(shop: Shop, gate: Arc<Gate>) -> Result<u32, Fault> {
        let answer = shop.ask().await;
        gate.pass().await;
        answer
    }

    let shop = Shop::new();
    assert_eq!(price(shop.clone(), Arc::new(Gate::opened())).await, Ok(1));
    advance(69 * SECOND).await;
    let gate = Arc::new(Gate::new());
    assert_eq!(price(shop.clone(), gate.clone()).await, Ok(1));
    gate.arrival().await;
    advance(SECOND).await;
    let opened = gate.clone();
    tokio::spawn(async move {
        tokio::time::sleep(SECOND).await;
        opened.open();
    });
    let served = answers(|| price(shop.clone(), gate.clone())).await;
    assert!(served.iter().all(|answer| *answer == Ok(2)), "{served:?}");
    assert_eq!(price_cache().stats().collapsed, 1000);
}
