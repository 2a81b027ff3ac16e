//! What statuses and counters say of an old answer.

use cached_attr::{CacheControlExt as _, ForwardReason, cached};
use cached_attr_tests::{Gate, Source, Stepped};
use tokio::time::advance;

use crate::{Fault, MILLISECOND, SECOND, Shop};

#[cached(ttl = "1m", stale_if_error = "1h", skip(shop, gate))]
async fn price(shop: &Shop, gate: &Gate) -> Result<u32, Fault> {
    gate.pass().await;
    shop.ask()
}

#[tokio::test(start_paused = true)]
async fn an_old_answer_is_told_as_stale_to_leader_waiter_and_during_the_pause() {
    let (shop, open, gate) = (Shop::new(), Gate::opened(), Gate::new());
    assert_eq!(price(&shop, &open).await, Ok(1));
    shop.becomes(Fault::Down);
    advance(60 * SECOND).await;

    let leader = Stepped::begin(price(&shop, &gate).with_status()).await;
    let waiter = Stepped::begin(price(&shop, &gate).with_status()).await;
    gate.open();
    for call in [leader, waiter] {
        let (answer, status) = call.finish().await;
        assert_eq!(answer, Ok(1));
        assert_eq!(
            (status.stale, status.fwd, status.stored, status.ttl),
            (true, Some(ForwardReason::Stale), false, None)
        );
        assert_eq!(status.to_string(), "cached-attr; fwd=stale; detail=stale");
    }

    let (answer, paused) = price(&shop, &gate).with_status().await;
    assert_eq!(answer, Ok(1));
    assert_eq!(
        (paused.hit, paused.stale, paused.fwd),
        (true, true, None),
        "the source was not asked"
    );
    assert_eq!(paused.to_string(), "cached-attr; hit; detail=stale");

    let stats = price_cache().stats();
    assert_eq!((stats.loads, stats.load_errors), (2, 1));
    assert_eq!((stats.stale, stats.hits, stats.collapsed), (3, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn who_waits_and_is_served_an_old_answer_counts_as_stale_and_not_as_collapsed() {
    #[cached(ttl = "1m", stale_if_error = "1h", skip(source))]
    async fn slow(source: &Source) -> Result<u32, &'static str> {
        match source.ask_for(10 * MILLISECOND).await {
            1 => Ok(1),
            _ => Err("down"),
        }
    }

    let source = Source::new();
    assert_eq!(slow(&source).await, Ok(1));
    advance(60 * SECOND).await;
    let answers = async { tokio::join!(slow(&source), slow(&source), slow(&source)) };
    assert_eq!(answers.await, (Ok(1), Ok(1), Ok(1)));
    assert_eq!(source.asked(), 2);
    let stats = slow_cache().stats();
    assert_eq!((stats.stale, stats.collapsed), (3, 0));
}
