//! `timeout` among the options for errors.

use cached_attr::{SharedError, TimedOut, cached};
use tokio::time::advance;

use crate::{Fault, Manner, SECOND, Shop, settle};

#[tokio::test(start_paused = true)]
async fn the_error_of_a_timeout_is_remembered_as_any_other() {
    #[cached(ttl = "1m", timeout = "2s", error_ttl = "10s", skip(shop))]
    async fn price(shop: &Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    let shop = Shop::new();
    shop.slow(1_000 * SECOND);
    for _ in 0..3 {
        assert!(matches!(price(&shop).await, Err(Fault::Slow(_))));
    }
    assert_eq!(shop.asked(), 1);
    shop.becomes(Manner::default());
    advance(8 * SECOND).await;
    assert_eq!(price(&shop).await, Ok(2));
}

/// An error that can be neither cloned nor made of a shared one.
#[derive(Debug)]
enum Foreign {
    Slow,
    Shared(String),
}

impl std::fmt::Display for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Foreign::Slow => "slow",
            Foreign::Shared(text) => text,
        })
    }
}

impl From<TimedOut> for Foreign {
    fn from(_: TimedOut) -> Self {
        Foreign::Slow
    }
}

#[tokio::test(start_paused = true)]
async fn share_error_makes_the_errors_of_those_who_waited_for_a_timeout() {
    #[cached(
        ttl = "1m",
        timeout = "2s",
        error_ttl = "10s",
        share_error = |error: SharedError| Foreign::Shared(error.to_string()),
        skip(shop)
    )]
    async fn price(shop: &Shop) -> Result<u32, Foreign> {
        shop.ask()
            .await
            .map_err(|_| Foreign::Shared("down".to_owned()))
    }

    let shop = Shop::new();
    shop.slow(1_000 * SECOND);
    let (first, second) = tokio::join!(price(&shop), price(&shop));
    assert!(matches!(first, Err(Foreign::Slow)), "{first:?}");
    assert!(
        matches!(&second, Err(Foreign::Shared(text)) if text == "slow"),
        "{second:?}"
    );
    assert!(matches!(price(&shop).await, Err(Foreign::Shared(_))));
    assert_eq!(shop.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn share_error_and_a_judge_work_in_the_background() {
    #[cached(
        ttl = "1m",
        timeout = "2s",
        stale_while_revalidate = "1h",
        stale_if_error_when = |error| matches!(error, Foreign::Slow),
        share_error = |error: SharedError| Foreign::Shared(error.to_string()),
        retry_after = "5s",
        skip(shop)
    )]
    async fn price(shop: &Shop) -> Result<u32, Foreign> {
        shop.ask()
            .await
            .map_err(|_| Foreign::Shared("down".to_owned()))
    }

    let shop = Shop::new();
    assert_eq!(price(&shop).await.ok(), Some(1));
    advance(60 * SECOND).await;
    shop.slow(1_000 * SECOND);
    assert_eq!(price(&shop).await.ok(), Some(1));
    tokio::time::sleep(3 * SECOND).await;
    assert_eq!(price_cache().stats().timed_out, 1);
    assert_eq!(price(&shop).await.ok(), Some(1), "a failure keeps it");
    settle().await;
    assert_eq!(shop.asked(), 2, "during the pause");
    advance(5 * SECOND).await;
    shop.becomes(Manner {
        fails: true,
        ..Manner::default()
    });
    assert_eq!(price(&shop).await.ok(), Some(1));
    settle().await;
    assert!(price(&shop).await.is_err(), "the judge declined the error");
}

#[tokio::test(start_paused = true)]
async fn absent_answers_are_refreshed_by_their_own_ttl_and_errors_are_not() {
    #[cached(
        ttl = "100s",
        negative_ttl = "10s",
        error_ttl = "10s",
        refresh_ahead = 0.5,
        skip(shop)
    )]
    async fn price(shop: &Shop, id: u32) -> Result<Option<u32>, Fault> {
        let answer = shop.ask().await?;
        Ok((id > answer).then_some(id))
    }

    let shop = Shop::new();
    assert_eq!(price(&shop, 0).await, Ok(None));
    advance(5 * SECOND).await;
    assert_eq!(price(&shop, 0).await, Ok(None));
    settle().await;
    assert_eq!(shop.asked(), 2);
    shop.becomes(Manner {
        fails: true,
        ..Manner::default()
    });
    assert_eq!(price(&shop, 1).await, Err(Fault::Down));
    advance(5 * SECOND).await;
    assert_eq!(price(&shop, 1).await, Err(Fault::Down));
    settle().await;
    assert_eq!(shop.asked(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_lifetime_of_the_values_own_and_a_jitter_move_the_mark() {
    #[cached(ttl = |value| SECOND * *value, refresh_ahead = 0.5, skip(shop))]
    async fn own(shop: &Shop, lasts: u32) -> Result<u32, Fault> {
        shop.ask().await.map(|_| lasts)
    }

    #[cached(ttl = "100s", jitter = "50%", refresh_ahead = 0.9, skip(shop))]
    async fn shortened(shop: &Shop, id: u32) -> Result<u32, Fault> {
        shop.ask().await.map(|answer| answer + id)
    }

    let shop = Shop::new();
    assert_eq!(own(&shop, 10).await, Ok(10));
    assert_eq!(own(&shop, 100).await, Ok(100));
    advance(5 * SECOND).await;
    assert_eq!(own(&shop, 10).await, Ok(10));
    assert_eq!(own(&shop, 100).await, Ok(100));
    settle().await;
    assert_eq!(shop.asked(), 3);
    for id in 0..100 {
        shortened(&shop, 1000 * id).await.expect("an answer");
    }
    // The shortest lives 50 s, the longest 100 s: at 45 s none is past its mark, at 90 s all are.
    advance(44 * SECOND).await;
    for id in 0..100 {
        shortened(&shop, 1000 * id).await.expect("an answer");
    }
    settle().await;
    assert_eq!(shortened_cache().stats().refreshes, 0);
    advance(20 * SECOND).await;
    for id in 0..100 {
        shortened(&shop, 1000 * id).await.expect("an answer");
    }
    settle().await;
    let stats = shortened_cache().stats();
    assert!(stats.refreshes > 0 && stats.loads > 100, "{stats:?}");
}
