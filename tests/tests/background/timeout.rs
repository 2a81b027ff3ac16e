//! `timeout`: a load that takes too long is dropped, and its key is free.

use cached_attr::cached;
use tokio::time::{Instant, advance, timeout};

use crate::{Fault, SECOND, Shop};

#[tokio::test(start_paused = true)]
async fn a_load_that_takes_too_long_ends_in_an_error_and_the_next_call_loads() {
    #[cached(ttl = "1m", timeout = "2s", skip(shop))]
    async fn price(shop: &Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    let shop = Shop::new();
    shop.slow(3 * SECOND);
    let began = Instant::now();
    let calls = (price(&shop), price(&shop));
    let (first, second) = tokio::join!(calls.0, calls.1);
    assert!(
        matches!(&first, Err(Fault::Slow(error)) if error.limit() == 2 * SECOND),
        "{first:?}"
    );
    assert_eq!(second, first, "those who waited get it too");
    assert_eq!(began.elapsed(), 2 * SECOND);
    shop.slow(SECOND);
    assert_eq!(price(&shop).await, Ok(2));
    let stats = price_cache().stats();
    assert_eq!((stats.timed_out, stats.load_errors), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_stale_answer_stands_in_for_a_load_that_takes_too_long() {
    #[cached(ttl = "1m", timeout = "2s", stale_if_error = "1h", stale_if_error_when = |err| *err == Fault::Down, skip(shop))]
    async fn price(shop: &Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    let shop = Shop::new();
    assert_eq!(price(&shop).await, Ok(1));
    advance(60 * SECOND).await;
    shop.slow(1_000_000 * SECOND);
    assert_eq!(price(&shop).await, Ok(1));
    assert_eq!(
        (price(&shop).await, shop.asked()),
        (Ok(1), 2),
        "during the pause"
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_polled_no_more_does_not_hold_up_the_others() {
    #[cached(ttl = "1m", timeout = "2s", skip(shop))]
    async fn price(shop: &Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    let shop = Shop::new();
    shop.slow(SECOND);
    let mut left = Box::pin(price(&shop));
    assert!(timeout(SECOND / 2, left.as_mut()).await.is_err());
    let other = tokio::spawn({
        let shop = shop.clone();
        async move { price(&shop).await }
    });
    assert_eq!(other.await.expect("no panic"), Ok(2));
    assert_eq!(left.await, Ok(1), "its own answer, which is not stored");
    assert_eq!(price(&shop).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn resources_have_limits_of_their_own() {
    #[cached(let fast = shop.ask().await?, ttl = "1m", timeout = "1s", skip(shop))]
    async fn handler(shop: &Shop) -> Result<u32, Fault> {
        Ok(fast)
    }

    let shop = Shop::new();
    shop.slow(2 * SECOND);
    assert!(matches!(handler(&shop).await, Err(Fault::Slow(_))));
    shop.slow(SECOND / 2);
    assert_eq!(handler(&shop).await, Ok(2));
}
