//! `soft_timeout`: a stale answer for those who have waited long enough, while the load goes on.

use cached_attr::cached;
use cached_attr_tests::Stepped;
use tokio::time::{Instant, advance};

use crate::{Fault, MILLISECOND, Manner, SECOND, Shop, settle};

#[cached(ttl = "1m", stale_if_error = "1h", soft_timeout = "200ms", skip(shop))]
async fn price(shop: &Shop, id: u32) -> Result<u32, Fault> {
    shop.ask().await.map(|answer| answer + id)
}

#[tokio::test(start_paused = true)]
async fn after_the_soft_timeout_the_stale_answer_is_served_while_the_load_goes_on() {
    let shop = Shop::new();
    assert_eq!(price(&shop, 100).await, Ok(101));
    advance(60 * SECOND).await;
    shop.slow(10 * SECOND);
    let began = Instant::now();
    let (first, second) = tokio::join!(price(&shop, 100), price(&shop, 100));
    assert_eq!((first, second), (Ok(101), Ok(101)));
    assert_eq!(began.elapsed().as_millis(), 200);
    assert_eq!(
        price(&shop, 100).await,
        Ok(101),
        "nobody waits again for this load"
    );
    assert_eq!(began.elapsed().as_millis(), 200);
    assert_eq!(shop.asked(), 2, "no second load begins meanwhile");
    tokio::time::sleep(10 * SECOND).await;
    settle().await;
    assert_eq!((price(&shop, 100).await, shop.asked()), (Ok(102), 2));
}

#[tokio::test(start_paused = true)]
async fn who_comes_after_the_soft_timeout_is_served_the_stale_answer_at_once() {
    let shop = Shop::new();
    assert_eq!(price(&shop, 600).await, Ok(601));
    advance(60 * SECOND).await;
    shop.slow(10 * SECOND);
    assert_eq!(price(&shop, 600).await, Ok(601));
    advance(MILLISECOND / 2).await;
    let began = Instant::now();
    assert_eq!(price(&shop, 600).await, Ok(601));
    assert_eq!(began.elapsed().as_nanos(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_answer_in_time_is_served_itself() {
    let shop = Shop::new();
    assert_eq!(price(&shop, 200).await, Ok(201));
    advance(60 * SECOND).await;
    shop.slow(199 * MILLISECOND);
    assert_eq!(price(&shop, 200).await, Ok(202));
}

#[tokio::test(start_paused = true)]
async fn without_a_stale_answer_it_is_waited_for() {
    let shop = Shop::new();
    shop.slow(10 * SECOND);
    assert_eq!(price(&shop, 300).await, Ok(301));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_before_it_takes_the_load_with_it() {
    let shop = Shop::new();
    assert_eq!(price(&shop, 400).await, Ok(401));
    advance(60 * SECOND).await;
    shop.slow(10 * SECOND);
    let call = Stepped::begin(price(&shop, 400)).await;
    drop(call);
    tokio::time::sleep(11 * SECOND).await;
    shop.becomes(Manner::default());
    assert_eq!(
        price(&shop, 400).await,
        Ok(403),
        "the second load was not stored"
    );
}

#[tokio::test(start_paused = true)]
async fn an_invalidation_while_the_load_goes_on_wins() {
    let shop = Shop::new();
    assert_eq!(price(&shop, 500).await, Ok(501));
    advance(60 * SECOND).await;
    shop.slow(10 * SECOND);
    assert_eq!(price(&shop, 500).await, Ok(501));
    price_cache().invalidate(500).await;
    shop.becomes(Manner::default());
    assert_eq!(price(&shop, 500).await, Ok(503));
    tokio::time::sleep(11 * SECOND).await;
    assert_eq!(price(&shop, 500).await, Ok(503));
}
