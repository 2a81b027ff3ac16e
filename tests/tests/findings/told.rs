//! What statuses and counters tell of calls that did not go the usual way.

use std::time::Duration;

use cached_attr::{CacheControlExt as _, cached};
use cached_attr_tests::Source;
use tokio::time::advance;

#[cached(ttl = "1m")]
async fn inner(id: u32) -> u32 {
    id
}

#[tokio::test(start_paused = true)]
async fn the_status_of_a_bypassed_call_is_not_that_of_a_call_below_it() {
    #[cached(ttl = "1m", bypass = away, skip(away))]
    async fn outer(id: u32, away: bool) -> u32 {
        inner(id).await
    }

    #[cached(ttl = 0)]
    async fn off(id: u32) -> u32 {
        inner(id).await
    }

    inner(1).await;
    let (_, bypassed) = outer(1, true).with_status().await;
    assert_eq!(bypassed.to_string(), "cached-attr; fwd=bypass");
    let (_, off) = off(1).with_status().await;
    assert_eq!(off.to_string(), "cached-attr; fwd=bypass");
}

#[tokio::test(start_paused = true)]
async fn who_waits_and_is_served_an_old_answer_counts_as_stale_and_not_as_collapsed() {
    #[cached(ttl = "1m", stale_if_error = "1h", skip(source))]
    async fn price(source: &Source) -> Result<u32, &'static str> {
        match source.ask_for(Duration::from_millis(10)).await {
            1 => Ok(1),
            _ => Err("down"),
        }
    }

    let source = Source::new();
    assert_eq!(price(&source).await, Ok(1));
    advance(Duration::from_secs(60)).await;
    let answers = async { tokio::join!(price(&source), price(&source), price(&source)) };
    assert_eq!(answers.await, (Ok(1), Ok(1), Ok(1)));
    assert_eq!(source.asked(), 2);
    let stats = price_cache().stats();
    assert_eq!((stats.stale, stats.collapsed), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_breaks_a_cycle_counts_as_a_load() {
    #[cached(ttl = "1m", skip(source))]
    async fn own(source: &Source) -> u32 {
        if source.ask() == 1 {
            Box::pin(own(source)).await
        } else {
            7
        }
    }

    let source = Source::new();
    assert_eq!(own(&source).await, 7);
    let stats = own_cache().stats();
    assert_eq!((stats.misses, stats.loads), (2, 2));
}
