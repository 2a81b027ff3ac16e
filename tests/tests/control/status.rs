//! `with_status`: how a call was answered, in the words of RFC 9211.

use std::time::Duration;

use cached_attr::{CacheControlExt as _, ForwardReason, cached};
use cached_attr_tests::{Gate, Source, Stepped};
use tokio::time::advance;

const SECOND: Duration = Duration::from_secs(1);

#[cached(ttl = "1m", bypass = id == 99, store_if = |answer| *answer != 1000, skip(source, gate))]
async fn price(source: &Source, gate: &Gate, id: u32) -> u32 {
    gate.pass().await;
    if id == 1000 { 1000 } else { source.ask() }
}

#[tokio::test(start_paused = true)]
async fn miss_hit_and_stale_are_told_apart() {
    let (source, gate) = (Source::new(), Gate::opened());
    let (_, miss) = price(&source, &gate, 1).with_status().await;
    assert_eq!(
        (miss.hit, miss.fwd, miss.stored, miss.collapsed),
        (false, Some(ForwardReason::Miss), true, false)
    );
    assert_eq!(miss.ttl, Some(60 * SECOND));
    assert_eq!(miss.to_string(), "cached-attr; fwd=miss; stored; ttl=60");

    advance(20 * SECOND).await;
    let (_, hit) = price(&source, &gate, 1).with_status().await;
    assert_eq!(
        (hit.hit, hit.fwd, hit.stored, hit.collapsed),
        (true, None, false, false)
    );
    assert_eq!(hit.ttl, Some(40 * SECOND));
    assert_eq!(hit.to_string(), "cached-attr; hit; ttl=40");

    price_cache().expire(1).await;
    let (answer, stale) = price(&source, &gate, 1).with_status().await;
    assert_eq!(
        (answer, stale.fwd, stale.stored),
        (2, Some(ForwardReason::Stale), true)
    );
    assert_eq!(stale.to_string(), "cached-attr; fwd=stale; stored; ttl=60");
}

#[tokio::test(start_paused = true)]
async fn an_answer_past_its_ttl_is_stale() {
    #[cached(ttl = "10s", skip(source))]
    async fn short(source: &Source) -> u32 {
        source.ask()
    }

    let source = Source::new();
    short(&source).await;
    advance(10 * SECOND).await;
    let (_, status) = short(&source).with_status().await;
    assert_eq!(status.fwd, Some(ForwardReason::Stale));
}

#[tokio::test(start_paused = true)]
async fn bypass_is_told_however_it_came_about() {
    let (source, gate) = (Source::new(), Gate::opened());
    let (_, option) = price(&source, &gate, 99).with_status().await;
    let (_, wish) = price(&source, &gate, 2).no_store().with_status().await;
    let (_, outer_wish) = price(&source, &gate, 2).with_status().no_store().await;
    for status in [option, wish, outer_wish] {
        assert_eq!(
            (status.hit, status.fwd, status.stored, status.ttl),
            (false, Some(ForwardReason::Bypass), false, None)
        );
        assert_eq!(status.to_string(), "cached-attr; fwd=bypass");
    }
}

#[tokio::test(start_paused = true)]
async fn a_callers_own_wish_is_told_as_request() {
    let (source, gate) = (Source::new(), Gate::opened());
    price(&source, &gate, 3).await;
    let (_, no_cache) = price(&source, &gate, 3).no_cache().with_status().await;
    assert_eq!(
        no_cache.to_string(),
        "cached-attr; fwd=request; stored; ttl=60"
    );
    advance(5 * SECOND).await;
    let (_, young) = price(&source, &gate, 3).max_age(SECOND).with_status().await;
    assert_eq!(young.fwd, Some(ForwardReason::Request));
}

#[tokio::test(start_paused = true)]
async fn a_call_answered_by_anothers_load_is_collapsed() {
    let (source, gate) = (Source::new(), Gate::new());
    let leader = Stepped::begin(price(&source, &gate, 4).with_status()).await;
    let waiter = Stepped::begin(price(&source, &gate, 4).with_status()).await;
    gate.open();
    let ((_, led), (_, joined)) = (leader.finish().await, waiter.finish().await);
    assert_eq!((led.collapsed, led.stored), (false, true));
    assert_eq!(
        (joined.collapsed, joined.stored, joined.hit),
        (true, false, false)
    );
    assert_eq!(joined.fwd, Some(ForwardReason::Miss));
    assert!(
        joined
            .to_string()
            .starts_with("cached-attr; fwd=miss; collapsed"),
        "{joined}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_not_stored_is_told_so() {
    let (source, gate) = (Source::new(), Gate::opened());
    let (_, unwanted) = price(&source, &gate, 1000).with_status().await;
    assert_eq!((unwanted.stored, unwanted.ttl), (false, None));
    assert_eq!(unwanted.to_string(), "cached-attr; fwd=miss");

    let gate = Gate::new();
    let superseded = Stepped::begin(price(&source, &gate, 5).with_status()).await;
    price_cache().invalidate(5).await;
    gate.open();
    assert_eq!(
        superseded.finish().await.1.to_string(),
        "cached-attr; fwd=miss"
    );
}

#[tokio::test(start_paused = true)]
async fn the_status_is_that_of_the_outermost_cached_call() {
    #[cached(ttl = "1m", skip(source, gate))]
    async fn outer(source: &Source, gate: &Gate, id: u32) -> u32 {
        price(source, gate, id).await
    }

    let (source, gate) = (Source::new(), Gate::opened());
    price(&source, &gate, 6).await;
    let (_, status) = outer(&source, &gate, 6).with_status().await;
    assert_eq!(
        (status.hit, status.fwd),
        (false, Some(ForwardReason::Miss)),
        "the inner one was a hit"
    );
    let plain = async { price(&source, &gate, 6).await };
    assert!(plain.with_status().await.1.hit);
}

#[tokio::test(start_paused = true)]
async fn an_endless_answer_has_no_ttl_left_to_tell() {
    #[cached(ttl = never)]
    async fn constant() -> u32 {
        1
    }

    assert_eq!(
        constant().with_status().await.1.to_string(),
        "cached-attr; fwd=miss; stored"
    );
    assert_eq!(
        constant().with_status().await.1.to_string(),
        "cached-attr; hit"
    );
}

#[tokio::test(start_paused = true)]
async fn a_future_without_a_cached_call_has_an_empty_status() {
    let (answer, status) = async { 7 }.with_status().await;
    assert_eq!((answer, status.hit, status.fwd), (7, false, None));
    assert_eq!(status.to_string(), "cached-attr");
}

#[tokio::test(start_paused = true)]
async fn the_status_of_a_bypassed_call_is_not_that_of_a_cached_call_inside() {
    #[cached(ttl = "1m", bypass = id > 0, skip(source, gate))]
    async fn bypassed(source: &Source, gate: &Gate, id: u32) -> u32 {
        price(source, gate, id).await
    }

    #[cached(ttl = 0, skip(source, gate))]
    async fn off(source: &Source, gate: &Gate, id: u32) -> u32 {
        price(source, gate, id).await
    }

    let (source, gate) = (Source::new(), Gate::opened());
    price(&source, &gate, 7).await;
    let (_, by_option) = bypassed(&source, &gate, 7).with_status().await;
    let (_, by_ttl) = off(&source, &gate, 7).with_status().await;
    assert_eq!(
        (by_option.hit, by_option.fwd),
        (false, Some(ForwardReason::Bypass))
    );
    assert_eq!(
        (by_ttl.hit, by_ttl.fwd),
        (false, Some(ForwardReason::Bypass))
    );
}

#[tokio::test(start_paused = true)]
async fn a_waiter_that_takes_over_tells_of_its_own_load() {
    let (source, gate) = (Source::new(), Gate::new());
    let leader = Stepped::begin(price(&source, &gate, 8)).await;
    let waiter = Stepped::begin(price(&source, &gate, 8).with_status()).await;
    drop(leader);
    gate.open();
    let (_, status) = waiter.finish().await;
    assert_eq!(status.to_string(), "cached-attr; fwd=miss; stored; ttl=60");
}

#[tokio::test(start_paused = true)]
async fn of_several_calls_the_last_is_told() {
    let (source, gate) = (Source::new(), Gate::opened());
    price(&source, &gate, 9).await;
    let both = async {
        (
            price(&source, &gate, 10).await,
            price(&source, &gate, 9).await,
        )
    };
    assert!(both.with_status().await.1.hit);
}

#[tokio::test(start_paused = true)]
async fn a_failed_load_is_a_miss_that_is_not_stored() {
    #[cached(ttl = "1m")]
    async fn failing() -> Result<u32, String> {
        Err("down".to_owned())
    }

    let (_, status) = failing().with_status().await;
    assert_eq!(status.to_string(), "cached-attr; fwd=miss");
}
