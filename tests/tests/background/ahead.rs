//! `refresh_ahead`: a load in the background before the answer is stale.

use cached_attr::cached;
use tokio::time::advance;

use crate::{Fault, MILLISECOND, Manner, SECOND, Shop, almost, settle};

#[cached(ttl = "100s", refresh_ahead = 0.8, retry_after = "5s", skip(shop))]
async fn price(shop: &Shop, id: u32) -> Result<u32, Fault> {
    shop.ask().await.map(|answer| answer + id)
}

#[tokio::test(start_paused = true)]
async fn the_first_hit_past_the_mark_begins_one_load() {
    let shop = Shop::new();
    assert_eq!(price(&shop, 100).await, Ok(101));
    advance(almost(80 * SECOND)).await;
    assert_eq!(price(&shop, 100).await, Ok(101));
    settle().await;
    assert_eq!(shop.asked(), 1);
    advance(MILLISECOND).await;
    for _ in 0..1000 {
        assert_eq!(price(&shop, 100).await, Ok(101));
    }
    settle().await;
    assert_eq!((price(&shop, 100).await, shop.asked()), (Ok(102), 2));
    advance(almost(80 * SECOND)).await;
    assert_eq!(
        (price(&shop, 100).await, shop.asked()),
        (Ok(102), 2),
        "fresh again"
    );
}

#[tokio::test(start_paused = true)]
async fn a_load_that_fails_leaves_the_answer_and_is_tried_again_after_the_pause() {
    let shop = Shop::new();
    assert_eq!(price(&shop, 200).await, Ok(201));
    advance(80 * SECOND).await;
    shop.becomes(Manner {
        fails: true,
        ..Manner::default()
    });
    for _ in 0..100 {
        assert_eq!(price(&shop, 200).await, Ok(201));
        settle().await;
    }
    assert_eq!(shop.asked(), 2);
    advance(5 * SECOND).await;
    shop.becomes(Manner::default());
    assert_eq!(price(&shop, 200).await, Ok(201));
    settle().await;
    assert_eq!(price(&shop, 200).await, Ok(203));
}

#[tokio::test(start_paused = true)]
async fn the_mark_follows_set_ttl() {
    #[cached(ttl = "100s", refresh_ahead = 0.5, skip(shop))]
    async fn price(shop: &Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    let shop = Shop::new();
    assert_eq!(price(&shop).await, Ok(1));
    price_cache().set_ttl(40 * SECOND);
    advance(20 * SECOND).await;
    assert_eq!(price(&shop).await, Ok(1));
    settle().await;
    assert_eq!(price(&shop).await, Ok(2));
}
