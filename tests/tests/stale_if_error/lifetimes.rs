//! Beside the lifetimes of absent things and of errors.

use cached_attr::cached;
use tokio::time::advance;

use crate::{Fault, MILLISECOND, SECOND, Shop, almost};

#[tokio::test(start_paused = true)]
async fn an_absent_thing_stands_in_too() {
    #[cached(ttl = "1m", negative_ttl = "10s", stale_if_error = "20s", skip(shop))]
    async fn find(shop: &Shop) -> Result<Option<u32>, Fault> {
        shop.ask().map(|_| None)
    }

    let shop = Shop::new();
    assert_eq!(find(&shop).await, Ok(None));
    shop.becomes(Fault::Down);
    advance(almost(30 * SECOND)).await;
    assert_eq!(find(&shop).await, Ok(None));
    assert_eq!(shop.asked(), 2);
    advance(MILLISECOND).await;
    assert_eq!(find(&shop).await, Err(Fault::Down), "10 s and 20 s");
}

#[tokio::test(start_paused = true)]
async fn an_error_is_remembered_only_when_no_old_answer_can_stand_in() {
    #[cached(
        ttl = "10s",
        error_ttl = "5s",
        stale_if_error = "10s",
        retry_after = "1s",
        skip(shop)
    )]
    async fn price(shop: &Shop) -> Result<u32, Fault> {
        shop.ask()
    }

    let shop = Shop::new();
    assert_eq!(price(&shop).await, Ok(1));
    shop.becomes(Fault::Down);
    advance(10 * SECOND).await;
    assert_eq!(price(&shop).await, Ok(1));
    advance(2 * SECOND).await;
    assert_eq!(price(&shop).await, Ok(1));
    assert_eq!(shop.asked(), 3, "the source is tried again");
    advance(8 * SECOND).await;
    for _ in 0..3 {
        assert_eq!(price(&shop).await, Err(Fault::Down));
    }
    assert_eq!(shop.asked(), 4, "now the error is what is remembered");
}
