//! How long an old answer stands in, and for whom.

use cached_attr::cached;
use cached_attr_tests::{Gate, Stepped};
use tokio::time::advance;

use crate::{Fault, MILLISECOND, SECOND, Shop, almost};

#[tokio::test(start_paused = true)]
async fn the_old_answer_serves_within_the_window_and_not_after_it() {
    #[cached(ttl = "1m", stale_if_error = "1h", skip(shop))]
    async fn price(shop: &Shop) -> Result<u32, Fault> {
        shop.ask()
    }

    let shop = Shop::new();
    assert_eq!(price(&shop).await, Ok(1));
    shop.becomes(Fault::Down);
    advance(almost(60 * SECOND)).await;
    assert_eq!(price(&shop).await, Ok(1));
    assert_eq!(shop.asked(), 1, "fresh: nobody is asked");
    advance(MILLISECOND).await;
    assert_eq!(price(&shop).await, Ok(1));
    assert_eq!(shop.asked(), 2, "stale: the source comes first");
    advance(almost(3600 * SECOND)).await;
    assert_eq!(price(&shop).await, Ok(1));
    advance(MILLISECOND).await;
    assert_eq!(price(&shop).await, Err(Fault::Down));
}

#[tokio::test(start_paused = true)]
async fn the_new_answer_takes_over_when_the_source_is_back() {
    #[cached(ttl = "1m", stale_if_error = "1h", skip(shop))]
    async fn price(shop: &Shop) -> Result<u32, Fault> {
        shop.ask()
    }

    let shop = Shop::new();
    assert_eq!(price(&shop).await, Ok(1));
    shop.becomes(Fault::Down);
    advance(60 * SECOND).await;
    assert_eq!(price(&shop).await, Ok(1));
    shop.becomes(None);
    advance(SECOND).await;
    assert_eq!(price(&shop).await, Ok(3));
    advance(almost(60 * SECOND)).await;
    assert_eq!(price(&shop).await, Ok(3), "with a whole ttl of its own");
}

#[tokio::test(start_paused = true)]
async fn without_an_old_answer_the_error_is_told() {
    #[cached(ttl = "1m", stale_if_error = "1h", skip(shop))]
    async fn price(shop: &Shop, id: u32) -> Result<u32, Fault> {
        shop.ask().map(|answer| answer + id)
    }

    let shop = Shop::new();
    assert_eq!(price(&shop, 10).await, Ok(11));
    shop.becomes(Fault::Down);
    advance(60 * SECOND).await;
    assert_eq!(price(&shop, 20).await, Err(Fault::Down));
    assert_eq!(price(&shop, 10).await, Ok(11), "each key for itself");
}

#[tokio::test(start_paused = true)]
async fn expire_leaves_the_answer_to_stand_in_and_invalidate_does_not() {
    #[cached(ttl = "1m", stale_if_error = "1h", skip(shop))]
    async fn price(shop: &Shop) -> Result<u32, Fault> {
        shop.ask()
    }

    let shop = Shop::new();
    assert_eq!(price(&shop).await, Ok(1));
    shop.becomes(Fault::Down);
    price_cache().expire(()).await;
    assert_eq!(price_cache().get(()).await, None, "it is not fresh");
    assert_eq!(price(&shop).await, Ok(1));
    price_cache().invalidate(()).await;
    assert_eq!(price(&shop).await, Err(Fault::Down));
}

#[tokio::test(start_paused = true)]
async fn leader_and_waiters_all_get_the_old_answer_whether_errors_can_be_shared_or_not() {
    /// Not `Clone`, not `Display`.
    #[derive(Debug, PartialEq)]
    struct Private;

    #[cached(ttl = "1m", stale_if_error = "1h", skip(shop, gate))]
    async fn shared(shop: &Shop, gate: &Gate) -> Result<u32, Fault> {
        gate.pass().await;
        shop.ask()
    }

    #[cached(ttl = "1m", stale_if_error = "1h", skip(shop, gate))]
    async fn unshared(shop: &Shop, gate: &Gate) -> Result<u32, Private> {
        gate.pass().await;
        shop.ask().map_err(|_| Private)
    }

    macro_rules! ten_at_once {
        ($function:ident) => {
            let (shop, open) = (Shop::new(), Gate::opened());
            assert_eq!($function(&shop, &open).await, Ok(1));
            shop.becomes(Fault::Down);
            advance(60 * SECOND).await;
            let gate = Gate::new();
            let mut calls = Vec::new();
            for _ in 0..10 {
                calls.push(Stepped::begin($function(&shop, &gate)).await);
            }
            gate.open();
            for call in calls {
                assert_eq!(call.finish().await, Ok(1));
            }
            assert_eq!(shop.asked(), 2, "one load for all of them");
        };
    }
    ten_at_once!(shared);
    ten_at_once!(unshared);
}
