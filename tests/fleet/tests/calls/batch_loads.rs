//! Batches: who loads what, and what becomes of loads that are overtaken or given up.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use cached_attr::cached;
use cached_attr_fleet::fleet::Fleet;
use tokio::time::Instant;

use crate::shelf::{Shelf, begin_batch, prices, prices_cache, strict, strict_cache};
use crate::support::{Down, Node, ms, pair};

#[cached(
    ttl = "1m",
    batch = ids,
    timeout = "300ms",
    shared,
    name = "batches.impatient",
    skip(shelf)
)]
async fn impatient(shelf: Arc<Shelf>, ids: Vec<u32>) -> Result<HashMap<u32, String>, Down> {
    shelf.load(&ids).await
}

async fn ends_soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    let ended = tokio::time::timeout(Duration::from_secs(3), future).await;
    ended.unwrap_or_else(|_| panic!("not within three seconds: {what}"))
}

pub(crate) async fn many_batches_in_two_replicas_load_each_item_once(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..60_u32 {
        let node = if number % 2 == 0 { &a } else { &b };
        // Each overlaps its neighbours, and half of them come in the other order.
        let mut ids: Vec<u32> = (number..number + 20).collect();
        if number % 3 == 0 {
            ids.reverse();
        }
        let shelf = Arc::clone(&shelf);
        calls.spawn(node.replica.run(async move {
            let expected = shelf.values(&ids);
            assert_eq!(prices(shelf, ids).await, expected);
        }));
        if number % 10 == 0 {
            tokio::time::sleep(ms(1)).await;
        }
    }
    while let Some(call) = ends_soon("a batch", calls.join_next()).await {
        call.expect("an answer");
    }
    let expected = (0..79).map(|item| (item, 1)).collect();
    let stats = async || prices_cache().stats();
    let (of_a, of_b) = (a.run(stats()).await, b.run(stats()).await);
    assert_eq!(shelf.loads(), expected, "{of_a:?} {of_b:?}");
}

pub(crate) async fn batches_without_copies_load_each_item_once(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    for round in 0..20 {
        let base = round * 20;
        let mut calls = tokio::task::JoinSet::new();
        for (node, ids) in [
            (&a, base..base + 12),
            (&a, base + 6..base + 20),
            (&b, base + 3..base + 15),
            (&b, base..base + 20),
        ] {
            let shelf = Arc::clone(&shelf);
            let ids: Vec<u32> = ids.collect();
            calls.spawn(node.replica.run(async move {
                let expected = shelf.values(&ids);
                assert_eq!(strict(shelf, ids).await, expected);
            }));
        }
        while let Some(call) = ends_soon("a batch", calls.join_next()).await {
            call.expect("an answer");
        }
    }
    let expected = (0..400).map(|item| (item, 1)).collect();
    assert_eq!(shelf.loads(), expected);
}

pub(crate) async fn a_body_does_not_wait_for_what_others_load(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    let gate = shelf.close_gate();
    let of_a = begin_batch(&a, &shelf, prices(Arc::clone(&shelf), vec![1, 2])).await;
    let of_b = begin_batch(&b, &shelf, prices(Arc::clone(&shelf), vec![2, 3])).await;
    assert_eq!(shelf.bodies(), [vec![1, 2], vec![3]]);
    gate.add_permits(2);
    assert_eq!(of_a.await.unwrap(), shelf.values(&[1, 2]));
    assert_eq!(of_b.await.unwrap(), shelf.values(&[2, 3]));
    assert_eq!(shelf.bodies().len(), 2);
}

pub(crate) async fn a_batch_of_one_process_waits_for_another_after_its_leases(fleet: &dyn Fleet) {
    let (a, _) = pair(fleet).await;
    let shelf = Shelf::new();
    let gate = shelf.close_gate();
    let first = begin_batch(&a, &shelf, prices(Arc::clone(&shelf), vec![1, 2, 1_001])).await;
    let second = begin_batch(&a, &shelf, prices(Arc::clone(&shelf), vec![1_001, 2, 3])).await;
    assert_eq!(shelf.bodies(), [vec![1, 2, 1_001], vec![3]]);
    gate.add_permits(2);
    assert_eq!(first.await.unwrap(), shelf.values(&[1, 2]));
    // Also the answer that there is none.
    assert_eq!(second.await.unwrap(), shelf.values(&[2, 3]));
    assert_eq!(shelf.bodies().len(), 2);
}

pub(crate) async fn an_item_invalidated_during_the_body_is_never_stored(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    let gate = shelf.close_gate();
    let (old, ids) = (shelf.values(&[1, 2, 3]), vec![1, 2, 3]);
    let of_a = begin_batch(&a, &shelf, prices(Arc::clone(&shelf), ids.clone())).await;
    shelf.change(2);
    b.run(prices_cache().invalidate(2)).await;
    shelf.change(3);
    b.run(cached_attr::invalidate_tag("item:3")).await;
    gate.add_permits(10);
    assert_eq!(of_a.await.unwrap(), old, "it came before");
    for node in [&a, &b] {
        let answer = node.run(prices(Arc::clone(&shelf), ids.clone())).await;
        assert_eq!(answer, shelf.values(&ids));
    }
    assert_eq!(shelf.loads(), [(1, 1), (2, 2), (3, 2)].into());
}

pub(crate) async fn a_body_that_fails_gives_all_leases_back(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    shelf.set_down(true);
    let ids: Vec<u32> = (0..50).collect();
    let answer = a.run(prices(Arc::clone(&shelf), ids.clone())).await;
    assert_eq!(answer, Err(Down));
    shelf.set_down(false);
    let answer = ends_soon(
        "a load after a failed one",
        b.run(prices(Arc::clone(&shelf), ids.clone())),
    );
    assert_eq!(answer.await, shelf.values(&ids));
    assert_eq!(shelf.bodies(), [ids.clone(), ids]);
}

pub(crate) async fn a_batch_that_is_dropped_during_its_body_frees_its_items(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    let gate = shelf.close_gate();
    let of_a = begin_batch(&a, &shelf, prices(Arc::clone(&shelf), vec![1, 2])).await;
    let of_b = begin_batch(&b, &shelf, prices(Arc::clone(&shelf), vec![2, 3])).await;
    of_a.abort();
    gate.add_permits(10);
    let answer = ends_soon("the batch that waited", of_b).await.unwrap();
    assert_eq!(answer, shelf.values(&[2, 3]));
    assert_eq!(shelf.loads(), [(1, 1), (2, 2), (3, 1)].into());
}

pub(crate) async fn a_batch_that_is_dropped_at_any_time_holds_nobody_up(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    for round in 0..40_u32 {
        let ids: Vec<u32> = (round * 10..round * 10 + 10).collect();
        let dropped = a.run(prices(Arc::clone(&shelf), ids.clone()));
        let _ = tokio::time::timeout(Duration::from_micros(u64::from(round) * 100), dropped).await;
        let answer = ends_soon(
            "the next batch",
            b.run(prices(Arc::clone(&shelf), ids.clone())),
        );
        assert_eq!(answer.await, shelf.values(&ids));
        let answer = ends_soon("one here", a.run(prices(Arc::clone(&shelf), ids.clone())));
        assert_eq!(answer.await, shelf.values(&ids));
    }
}

#[cached(ttl = "1m", batch = ids, shared, name = "batches.panics", skip(panics))]
async fn panics_once(panics: bool, ids: Vec<u32>) -> HashMap<u32, u32> {
    tokio::task::yield_now().await;
    assert!(!panics, "as it should");
    ids.into_iter().map(|id| (id, id)).collect()
}

pub(crate) async fn a_body_that_panics_frees_its_items(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let panicked = tokio::spawn(a.replica.run(panics_once(true, vec![1, 2])));
    assert!(panicked.await.unwrap_err().is_panic());
    for node in [&b, &a] {
        let answer = ends_soon(
            "a load after a panic",
            node.run(panics_once(false, vec![1, 2])),
        );
        assert_eq!(answer.await, HashMap::from([(1, 1), (2, 2)]));
    }
}

pub(crate) async fn a_timeout_bounds_a_batch_that_waits_for_another_replica(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    shelf.close_gate();
    let of_a = begin_batch(&a, &shelf, impatient(Arc::clone(&shelf), vec![1, 2])).await;
    let began = Instant::now();
    let of_b = b.run(impatient(Arc::clone(&shelf), vec![1, 2])).await;
    assert_eq!(of_b, Err(Down));
    assert!(began.elapsed() < ms(1_500), "{:?}", began.elapsed());
    assert_eq!(of_a.await.unwrap(), Err(Down));
}

/// Reads random items on a replica until it is stopped: no value may be older than what was invalidated before.
async fn read(node: &Node, shelf: &Arc<Shelf>, floor: &Arc<Shelf>, seed: u64) -> u32 {
    let mut state = seed;
    let mut read = 0;
    let began = Instant::now();
    while began.elapsed() < ms(700) {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let ids: Vec<u32> = (0..12)
            .filter(|item| state >> (item + 20) & 1 == 1)
            .collect();
        let least: Vec<_> = ids.iter().map(|item| floor.version(*item)).collect();
        let answer = node
            .run(strict(Arc::clone(shelf), ids.clone()))
            .await
            .unwrap();
        for (id, least) in ids.iter().zip(least) {
            let version = answer[id].rsplit(' ').next().unwrap().parse::<u32>();
            assert!(
                version.unwrap() >= least,
                "{id}: {} before {least}",
                answer[id]
            );
        }
        read += 1;
        tokio::task::yield_now().await;
    }
    read
}

pub(crate) async fn no_batch_without_copies_answers_from_before_an_invalidation(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let (shelf, floor) = (Shelf::new(), Shelf::new());
    let write = async {
        let began = Instant::now();
        while began.elapsed() < ms(700) {
            for item in 0..12 {
                shelf.change(item);
                a.run(strict_cache().invalidate(item)).await;
                floor.change(item);
            }
            tokio::time::sleep(ms(5)).await;
        }
    };
    let (of_a, of_b, other, ()) = tokio::join!(
        read(&a, &shelf, &floor, 1),
        read(&b, &shelf, &floor, 2),
        read(&b, &shelf, &floor, 3),
        write
    );
    assert!(of_a.min(of_b).min(other) > 3, "{of_a} {of_b} {other}");
}

pub(crate) async fn a_batch_that_nobody_polls_does_not_hold_up_its_own_task(fleet: &dyn Fleet) {
    let (a, _) = pair(fleet).await;
    let shelf = Shelf::new();
    let ids = vec![1, 2];
    for body_begins in [false, true] {
        let gate = shelf.close_gate();
        let bodies = shelf.bodies().len();
        let mut first = pin!(a.run(prices(Arc::clone(&shelf), ids.clone())));
        // Polled once, or until its body has begun, and then left alone.
        poll_fn(|cx| {
            assert!(first.as_mut().poll(cx).is_pending(), "the gate is closed");
            let has_begun = shelf.bodies().len() > bodies;
            if body_begins && !has_begun {
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
        tokio::time::sleep(ms(50)).await;
        gate.add_permits(2);
        let second = a.run(prices(Arc::clone(&shelf), ids.clone()));
        let answer = ends_soon("a batch of the same task", second);
        assert_eq!(answer.await, shelf.values(&ids));
        shelf.change(1);
        a.run(prices_cache().invalidate_all()).await;
    }
}

pub(crate) async fn two_batches_of_one_task_load_each_item_once(fleet: &dyn Fleet) {
    let (a, _) = pair(fleet).await;
    let shelf = Shelf::new();
    for round in 0..20_u32 {
        let base = round * 10;
        let (one, other): (Vec<_>, Vec<_>) = (
            (base..base + 7).collect(),
            (base + 3..base + 10).rev().collect(),
        );
        let both = async {
            tokio::join!(
                a.run(strict(Arc::clone(&shelf), one.clone())),
                a.run(strict(Arc::clone(&shelf), other.clone())),
            )
        };
        let (of_one, of_other) = ends_soon("both", both).await;
        assert_eq!(of_one, shelf.values(&one));
        assert_eq!(of_other, shelf.values(&other));
    }
    let expected = (0..200).map(|item| (item, 1)).collect();
    assert_eq!(shelf.loads(), expected);
}
