//! Calls of one key that one task polls share one load, whichever of them is polled first.

use std::pin::Pin;
use std::sync::Arc;

use cached_attr::{FnCache, cached};
use cached_attr_tests::{Gate, Source, Stepped};
use futures_util::future::join_all;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use tokio::runtime::Builder;
use tokio::task::yield_now;

use crate::in_time;

struct Shop {
    prices: FnCache<(), u32>,
    source: Source,
    gate: Gate,
}

impl Shop {
    #[cached(ttl = "1m", cache = self.prices, skip(self))]
    async fn price(&self) -> u32 {
        let answer = self.source.ask();
        // A wake in its own poll, one by another task, and one in its own poll again.
        yield_now().await;
        self.gate.pass().await;
        yield_now().await;
        answer
    }
}

/// Runs it in a task of a runtime of each kind; its calls have to share one load.
fn with_one_load<F>(test: impl Fn(Arc<Shop>) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    for mut runtime in [Builder::new_current_thread(), Builder::new_multi_thread()] {
        let runtime = runtime.enable_time().build().expect("a runtime");
        for round in 0..50 {
            let shop = Arc::new(Shop {
                prices: FnCache::builder().build(),
                source: Source::new(),
                gate: Gate::new(),
            });
            let calls = runtime.spawn(test(Arc::clone(&shop)));
            runtime.block_on(async {
                shop.gate.arrival().await;
                shop.gate.open();
                in_time(calls).await.expect("nobody panics");
            });
            assert_eq!(shop.source.asked(), 1, "round {round}");
        }
    }
}

/// Several calls; the one that leads was polled before, and comes last.
async fn behind_their_leader(shop: &Shop) -> Vec<Pin<Box<dyn Future<Output = u32> + Send + '_>>> {
    let leader = Stepped::begin(shop.price()).await;
    let mut calls: Vec<Pin<Box<dyn Future<Output = u32> + Send>>> = Vec::new();
    for _ in 0..5 {
        calls.push(Box::pin(shop.price()));
    }
    calls.push(Box::pin(leader.finish()));
    calls
}

#[test]
fn calls_in_one_join_share_a_load() {
    with_one_load(|shop| async move {
        let answers = tokio::join!(shop.price(), shop.price(), shop.price());
        assert_eq!(answers, (1, 1, 1));
    });
}

#[test]
fn calls_in_one_join_share_a_load_also_when_the_leader_is_polled_last() {
    with_one_load(|shop| async move {
        let leader = Stepped::begin(shop.price()).await;
        let answers = tokio::join!(biased; shop.price(), shop.price(), leader.finish());
        assert_eq!(answers, (1, 1, 1));
    });
}

#[test]
fn calls_in_one_join_all_share_a_load() {
    with_one_load(|shop| async move {
        // More than thirty of them are polled as they are woken, fewer all together.
        for many in [5, 100] {
            let answers = join_all((0..many).map(|_| shop.price())).await;
            assert!(answers.iter().all(|answer| *answer == 1));
        }
    });
}

#[test]
fn calls_in_one_join_all_share_a_load_also_when_the_leader_is_polled_last() {
    with_one_load(|shop| async move {
        let answers = join_all(behind_their_leader(&shop).await).await;
        assert_eq!(answers, [1; 6]);
    });
}

#[test]
fn calls_that_are_polled_as_they_are_woken_share_a_load() {
    with_one_load(|shop| async move {
        let calls: FuturesUnordered<_> = (0..100).map(|_| shop.price()).collect();
        let answers: Vec<_> = calls.collect().await;
        assert_eq!(answers, [1; 100]);
    });
}

#[test]
fn calls_that_are_polled_as_they_are_woken_share_a_load_also_behind_their_leader() {
    with_one_load(|shop| async move {
        let calls = behind_their_leader(&shop).await;
        let answers: Vec<_> = FuturesUnordered::from_iter(calls).collect().await;
        assert_eq!(answers, [1; 6]);
    });
}

#[test]
fn calls_in_two_sets_that_are_polled_as_they_are_woken_share_a_load() {
    with_one_load(|shop| async move {
        type Call<'a> = Pin<Box<dyn Future<Output = u32> + Send + 'a>>;

        let leader = Stepped::begin(shop.price()).await;
        let mut first: FuturesUnordered<Call<'_>> = FuturesUnordered::new();
        first.push(Box::pin(shop.price()));
        // A set of several looks at one that wakes itself twice before it lets others be polled.
        first.extend((0..5).map(|_| -> Call<'_> { Box::pin(std::future::pending()) }));
        let mut second = FuturesUnordered::from_iter([leader.finish()]);
        let answers = tokio::join!(biased; first.next(), second.next());
        assert_eq!(answers, (Some(1), Some(1)));
    });
}
