//! `stale_while_revalidate`: the stale answer at once, a load in the background.

use cached_attr::{CacheControlExt as _, cached, testing::isolated};
use cached_attr_tests::Gate;
use tokio::time::advance;

use crate::{Fault, MILLISECOND, Manner, SECOND, Shop, almost, settle};

#[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop))]
async fn price(shop: &Shop, id: u32) -> Result<u32, Fault> {
    shop.ask().await.map(|answer| answer + id)
}

#[tokio::test(start_paused = true)]
async fn a_stale_answer_is_served_at_once_and_loaded_anew_in_the_background() {
    let shop = Shop::new();
    assert_eq!(price(&shop, 100).await, Ok(101));
    advance(60 * SECOND).await;
    shop.slow(10 * SECOND);
    let (answer, status) = price(&shop, 100).with_status().await;
    assert_eq!(answer, Ok(101));
    assert!(status.hit && status.stale, "{status}");
    assert_eq!(price(&shop, 100).await, Ok(101), "one load, for all");
    settle().await;
    assert_eq!(shop.asked(), 2);
    advance(11 * SECOND).await;
    settle().await;
    assert_eq!(price(&shop, 100).await, Ok(102));
    assert_eq!(shop.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_window_counts_from_the_moment_of_becoming_stale() {
    #[cached(ttl = "1m", stale_while_revalidate = "10s", skip(shop))]
    async fn price(shop: &Shop) -> u32 {
        shop.ask().await.unwrap_or(0)
    }

    let shop = Shop::new();
    assert_eq!(price(&shop).await, 1);
    advance(70 * SECOND).await;
    assert_eq!(price(&shop).await, 2, "past the window it is a miss");
    advance(almost(70 * SECOND)).await;
    assert_eq!(price(&shop).await, 2, "stale, and served");
    settle().await;
    assert_eq!(price(&shop).await, 3);
}

#[tokio::test(start_paused = true)]
async fn a_thousand_callers_of_a_stale_answer_begin_one_load() {
    isolated(async {
        let shop = Shop::new();
        assert_eq!(price(&shop, 200).await, Ok(201));
        advance(60 * SECOND).await;
        shop.slow(SECOND);
        for _ in 0..1000 {
            assert_eq!(price(&shop, 200).await, Ok(201));
        }
        settle().await;
        let stats = price_cache().stats();
        assert_eq!((shop.asked(), stats.refreshes, stats.stale), (2, 1, 1000));
        tokio::time::sleep(2 * SECOND).await;
        assert_eq!(
            price(&shop, 200).await,
            Ok(202),
            "stored in the test's own cache"
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_invalidation_during_the_load_wins() {
    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop, gate))]
    async fn price(shop: &Shop, gate: std::sync::Arc<Gate>) -> Result<u32, Fault> {
        let answer = shop.ask().await;
        gate.pass().await;
        answer
    }

    let shop = Shop::new();
    let closed = std::sync::Arc::new(Gate::new());
    let opened = std::sync::Arc::new(Gate::opened());
    assert_eq!(price(&shop, opened.clone()).await, Ok(1));
    advance(60 * SECOND).await;
    assert_eq!(price(&shop, closed.clone()).await, Ok(1));
    closed.arrival().await;
    price_cache().invalidate(()).await;
    assert_eq!(
        price(&shop, opened.clone()).await,
        Ok(3),
        "the stale answer is gone too"
    );
    closed.open();
    settle().await;
    assert_eq!(
        price(&shop, opened).await,
        Ok(3),
        "the old load is not stored"
    );
}

#[tokio::test(start_paused = true)]
async fn a_failing_source_is_asked_once_per_retry_after_whatever_the_traffic() {
    #[cached(ttl = "1m", stale_while_revalidate = never, retry_after = "5s", skip(shop))]
    async fn price(shop: &Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    for manner in [
        Manner {
            fails: true,
            ..Manner::default()
        },
        Manner {
            panics: true,
            ..Manner::default()
        },
    ] {
        price_cache().invalidate(()).await;
        let shop = Shop::new();
        assert_eq!(price(&shop).await, Ok(1));
        advance(60 * SECOND).await;
        shop.becomes(manner);
        for _ in 0..10_000 {
            assert_eq!(price(&shop).await, Ok(1));
            tokio::time::sleep(6 * MILLISECOND).await;
        }
        let asked = shop.asked() - 1;
        assert!((12..=13).contains(&asked), "{asked} times in a minute");
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_that_is_declined_removes_the_stale_answer() {
    #[cached(ttl = "1m", stale_while_revalidate = "1h", stale_if_error_when = |_err| false, skip(shop))]
    async fn price(shop: &Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    let shop = Shop::new();
    assert_eq!(price(&shop).await, Ok(1));
    advance(60 * SECOND).await;
    shop.becomes(Manner {
        fails: true,
        ..Manner::default()
    });
    assert_eq!(price(&shop).await, Ok(1));
    settle().await;
    assert_eq!(price(&shop).await, Err(Fault::Down));
}

#[tokio::test(start_paused = true)]
async fn a_load_that_never_ends_is_dropped_after_a_minute() {
    #[cached(ttl = "1m", stale_while_revalidate = never, skip(shop))]
    async fn price(shop: &Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    let shop = Shop::new();
    assert_eq!(price(&shop).await, Ok(1));
    advance(60 * SECOND).await;
    shop.slow(1_000_000 * SECOND);
    assert_eq!(price(&shop).await, Ok(1));
    settle().await;
    shop.becomes(Manner::default());
    tokio::time::sleep(59 * SECOND).await;
    assert_eq!(
        (price(&shop).await, shop.asked()),
        (Ok(1), 2),
        "it still runs"
    );
    tokio::time::sleep(3 * SECOND).await;
    assert_eq!(price(&shop).await, Ok(1));
    settle().await;
    assert_eq!(price(&shop).await, Ok(3));
    assert_eq!(price_cache().stats().timed_out, 1);
}

#[test]
fn without_a_runtime_the_answer_is_served_and_the_load_skipped() {
    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop))]
    async fn price(shop: &Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    let shop = Shop::new();
    let mut call = std::pin::pin!(async {
        assert_eq!(price(&shop).await, Ok(1));
        price_cache().expire(()).await;
        assert_eq!(price(&shop).await, Ok(1));
    });
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(call.as_mut().poll(&mut cx).is_ready());
    assert_eq!(
        (shop.asked(), price_cache().stats().refreshes_skipped),
        (1, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn beyond_the_limit_a_load_is_skipped_and_counted() {
    #[cached(
        ttl = "1m",
        stale_while_revalidate = "1h",
        max_background = 3,
        skip(shop)
    )]
    async fn price(shop: &Shop, id: u32) -> Result<u32, Fault> {
        shop.ask().await.map(|_| id)
    }

    let shop = Shop::new();
    for id in 0..10 {
        assert_eq!(price(&shop, id).await, Ok(id));
    }
    advance(60 * SECOND).await;
    shop.slow(SECOND);
    for id in 0..10 {
        assert_eq!(price(&shop, id).await, Ok(id));
    }
    settle().await;
    let stats = price_cache().stats();
    assert_eq!(
        (shop.asked(), stats.refreshes, stats.refreshes_skipped),
        (13, 3, 7)
    );
}

#[tokio::test(start_paused = true)]
async fn a_strict_caller_is_never_served_a_stale_answer() {
    let shop = Shop::new();
    assert_eq!(price(&shop, 300).await, Ok(301));
    advance(60 * SECOND).await;
    assert_eq!(price(&shop, 300).no_cache().await, Ok(302));
}
