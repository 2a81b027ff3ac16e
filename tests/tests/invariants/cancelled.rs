//! I3: a cancelled leader's load is dropped; one waiter starts its own, the others wait for that.

use std::time::Duration;

use cached_attr::cached;
use cached_attr_tests::{Gate, Source, Stepped};
use tokio::time::{Instant, advance, timeout_at};

use crate::changes::Prices;

#[tokio::test(start_paused = true)]
async fn when_the_leader_is_cancelled_one_waiter_loads_and_the_others_wait_for_it() {
    let (prices, gate) = (Prices::new(), Gate::new());
    let leader = Stepped::begin(prices.behind(&gate, 1)).await;
    let mut waiters = Vec::new();
    for _ in 0..10 {
        waiters.push(Stepped::begin(prices.behind(&gate, 1)).await);
    }
    drop(leader);
    // They look at their own deadlines first, then one of them loads.
    for _ in 0..2 {
        for waiter in &mut waiters {
            assert_eq!(waiter.step().await, None);
        }
    }
    assert_eq!(prices.source.asked(), 2, "one of them loads, at once");

    gate.open();
    for waiter in waiters {
        assert_eq!(waiter.finish().await, 2);
    }
    assert_eq!(prices.of(1).await, 2, "stored");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_call_without_waiters_leaves_its_key_loadable_at_once() {
    let (prices, gate) = (Prices::new(), Gate::new());
    drop(Stepped::begin(prices.behind(&gate, 1)).await);

    assert_eq!(prices.cache.len(), 0);
    assert_eq!(prices.of(1).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_waiter_changes_nothing() {
    let (prices, gate) = (Prices::new(), Gate::new());
    let leader = Stepped::begin(prices.behind(&gate, 1)).await;
    let waiter = Stepped::begin(prices.behind(&gate, 1)).await;
    let other = Stepped::begin(prices.behind(&gate, 1)).await;
    drop(waiter);
    gate.open();

    assert_eq!((leader.finish().await, other.finish().await), (1, 1));
    assert_eq!(prices.source.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_waiter_who_never_hears_of_the_end_blocks_nobody() {
    let (prices, gate) = (Prices::new(), Gate::new());
    let leader = Stepped::begin(prices.behind(&gate, 1)).await;
    // It waits, is woken to take over, and is never polled again.
    let _asleep = Stepped::begin(prices.behind(&gate, 1)).await;
    drop(leader);
    gate.open();

    assert_eq!(prices.behind(&gate, 1).await, 2);
}

#[tokio::test(start_paused = true)]
async fn three_hundred_leaders_cancelled_in_a_row_leave_the_waiters_with_one_load() {
    const CANCELLED: u32 = 300;
    let (prices, gate) = (Prices::new(), Gate::new());
    let mut calls = Vec::new();
    for _ in 0..CANCELLED + 10 {
        calls.push(Stepped::begin(prices.behind(&gate, 1)).await);
    }
    for cancelled in 0..CANCELLED {
        assert_eq!(prices.source.asked(), cancelled + 1);
        // The first of those who wait is polled first: it is the one that loads.
        drop(calls.remove(0));
        for call in &mut calls {
            assert_eq!(call.step().await, None);
        }
        assert_eq!(calls[0].step().await, None);
    }
    gate.open();
    for call in calls {
        assert_eq!(call.finish().await, CANCELLED + 1);
    }
    assert_eq!(prices.cache.get(1).await, Some(CANCELLED + 1));
}

static SLOW: Source = Source::new();

#[cached(ttl = "1m")]
async fn slow() -> u32 {
    SLOW.ask_for(Duration::from_secs(1)).await
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_more_than_one_load_after_the_last_cancellation() {
    let mut leader = tokio::spawn(slow());
    tokio::task::yield_now().await;
    let mut waiters: std::collections::VecDeque<_> =
        (0..320).map(|_| tokio::spawn(slow())).collect();
    for round in 1..=300 {
        advance(Duration::from_millis(900)).await;
        tokio::task::yield_now().await;
        assert_eq!(SLOW.asked(), round);
        leader.abort();
        assert!(leader.await.is_err_and(|error| error.is_cancelled()));
        // Those who waited longest are woken first.
        leader = waiters
            .pop_front()
            .expect("there are more waiters than rounds");
        for _ in 0..5 {
            tokio::task::yield_now().await;
        }
    }
    let began = Instant::now();
    assert_eq!(leader.await.expect("nobody panics"), 301);
    for waiter in waiters {
        assert_eq!(waiter.await.expect("nobody panics"), 301);
    }
    assert!(
        began.elapsed() <= Duration::from_millis(1001),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn a_change_between_cancellation_and_takeover_is_honoured() {
    let (prices, gate) = (Prices::new(), Gate::new());
    let leader = Stepped::begin(prices.behind(&gate, 1)).await;
    let mut waiter = Stepped::begin(prices.behind(&gate, 1)).await;
    drop(leader);
    prices.cache.insert(1, 7).await;

    assert_eq!(waiter.step().await, Some(7), "an answer is there by now");
    assert_eq!(prices.source.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_thousand_callers_with_one_deadline_begin_a_handful_of_loads() {
    static SOURCE: Source = Source::new();

    #[cached(ttl = "1m")]
    async fn endless() -> u32 {
        SOURCE.ask_for(Duration::from_secs(3600)).await
    }

    let deadline = Instant::now() + Duration::from_secs(1);
    let calls: Vec<_> = (0..1000)
        .map(|_| tokio::spawn(timeout_at(deadline, endless())))
        .collect();
    for call in calls {
        assert!(call.await.expect("nobody panics").is_err(), "timed out");
    }
    assert!(SOURCE.asked() <= 5, "{} loads", SOURCE.asked());
    assert_eq!(endless_cache().stats().loads, u64::from(SOURCE.asked()));
}
