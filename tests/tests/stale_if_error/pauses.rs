//! `retry_after`: a source that has failed is left alone for a while.

use std::time::Duration;

use cached_attr::{CacheControlExt as _, cached};
use cached_attr_tests::{Gate, Stepped};
use tokio::time::advance;

use crate::{Fault, MILLISECOND, SECOND, Shop, almost};

#[tokio::test(start_paused = true)]
async fn for_a_second_after_a_failure_the_source_is_not_asked_again() {
    #[cached(ttl = "1m", stale_if_error = "1h", skip(shop))]
    async fn price(shop: &Shop) -> Result<u32, Fault> {
        shop.ask()
    }

    let shop = Shop::new();
    assert_eq!(price(&shop).await, Ok(1));
    shop.becomes(Fault::Down);
    advance(60 * SECOND).await;
    assert_eq!((price(&shop).await, shop.asked()), (Ok(1), 2));
    advance(almost(SECOND)).await;
    assert_eq!((price(&shop).await, shop.asked()), (Ok(1), 2));
    advance(MILLISECOND).await;
    assert_eq!((price(&shop).await, shop.asked()), (Ok(1), 3));
    assert_eq!(
        (price(&shop).await, shop.asked()),
        (Ok(1), 3),
        "it failed again: a second more"
    );
}

#[cached(ttl = "1m", stale_if_error = "1h", retry_after = "30s", skip(shop))]
async fn patient(shop: &Shop, id: u32) -> Result<u32, Fault> {
    shop.ask().map(|answer| answer + id)
}

#[tokio::test(start_paused = true)]
async fn retry_after_says_how_long_for_each_key() {
    let shop = Shop::new();
    assert_eq!(patient(&shop, 10).await, Ok(11));
    assert_eq!(patient(&shop, 20).await, Ok(22));
    shop.becomes(Fault::Down);
    advance(60 * SECOND).await;
    assert_eq!((patient(&shop, 10).await, shop.asked()), (Ok(11), 3));
    shop.becomes(None);
    advance(almost(30 * SECOND)).await;
    assert_eq!((patient(&shop, 10).await, shop.asked()), (Ok(11), 3));
    assert_eq!((patient(&shop, 20).await, shop.asked()), (Ok(24), 4));
    advance(MILLISECOND).await;
    assert_eq!((patient(&shop, 10).await, shop.asked()), (Ok(15), 5));
}

#[tokio::test(start_paused = true)]
async fn invalidate_ends_the_pause() {
    let shop = Shop::new();
    assert_eq!(patient(&shop, 30).await, Ok(31));
    shop.becomes(Fault::Down);
    advance(60 * SECOND).await;
    assert_eq!(patient(&shop, 30).await, Ok(31));
    patient_cache().invalidate(30).await;
    assert_eq!(patient(&shop, 30).await, Err(Fault::Down));
    shop.becomes(None);
    assert_eq!(patient(&shop, 30).await, Ok(34), "asked at once");
}

#[tokio::test(start_paused = true)]
async fn a_strict_caller_asks_during_the_pause_and_ends_it_when_it_succeeds() {
    let shop = Shop::new();
    assert_eq!(patient(&shop, 40).await, Ok(41));
    shop.becomes(Fault::Down);
    advance(60 * SECOND).await;
    assert_eq!(patient(&shop, 40).await, Ok(41));
    let strict = || patient(&shop, 40).max_age(Duration::ZERO);
    assert_eq!((strict().await, shop.asked()), (Err(Fault::Down), 3));
    shop.becomes(None);
    assert_eq!(strict().await, Ok(44));
    assert_eq!(patient(&shop, 40).await, Ok(44));
    assert_eq!(shop.asked(), 4, "fresh again");
}

#[tokio::test(start_paused = true)]
async fn a_pause_does_not_outlast_the_window() {
    #[cached(ttl = "10s", stale_if_error = "20s", retry_after = "1m", skip(shop))]
    async fn price(shop: &Shop) -> Result<u32, Fault> {
        shop.ask()
    }

    let shop = Shop::new();
    assert_eq!(price(&shop).await, Ok(1));
    shop.becomes(Fault::Down);
    advance(10 * SECOND).await;
    assert_eq!(price(&shop).await, Ok(1));
    advance(almost(20 * SECOND)).await;
    assert_eq!((price(&shop).await, shop.asked()), (Ok(1), 2));
    advance(MILLISECOND).await;
    assert_eq!((price(&shop).await, shop.asked()), (Err(Fault::Down), 3));
}

#[tokio::test(start_paused = true)]
async fn when_the_pause_is_over_one_caller_asks_for_all() {
    #[cached(ttl = "1m", stale_if_error = "1h", skip(shop))]
    async fn slow(shop: &Shop) -> Result<u32, Fault> {
        tokio::time::sleep(10 * MILLISECOND).await;
        shop.ask()
    }

    static SHOP: Shop = Shop::new();
    assert_eq!(slow(&SHOP).await, Ok(1));
    SHOP.becomes(Fault::Down);
    for round in 1..=3 {
        advance(60 * SECOND).await;
        let calls: Vec<_> = (0..100).map(|_| tokio::spawn(slow(&SHOP))).collect();
        for call in calls {
            assert_eq!(call.await.expect("nobody panics"), Ok(1));
        }
        assert_eq!(SHOP.asked(), 1 + round);
    }
}

#[tokio::test(start_paused = true)]
async fn a_load_that_began_before_expire_pauses_nothing_when_it_fails() {
    #[cached(
        ttl = "1m",
        stale_if_error = "1h",
        retry_after = "30s",
        skip(shop, gate)
    )]
    async fn price(shop: &Shop, gate: &Gate) -> Result<u32, Fault> {
        let answer = shop.ask();
        gate.pass().await;
        answer
    }

    let (shop, open, gate) = (Shop::new(), Gate::opened(), Gate::new());
    assert_eq!(price(&shop, &open).await, Ok(1));
    advance(60 * SECOND).await;
    shop.becomes(Fault::Down);
    let older = Stepped::begin(price(&shop, &gate)).await;
    shop.becomes(None);
    price_cache().expire(()).await;
    gate.open();
    assert_eq!(older.finish().await, Ok(1), "a stale answer");
    assert_eq!(
        price(&shop, &open).await,
        Ok(3),
        "the source has changed: it is asked at once"
    );
}
