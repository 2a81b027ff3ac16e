//! Batches: waits that would never end, and holders that never come back.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use cached_attr::cached;
use cached_attr_fleet::fleet::Fleet;

use crate::shelf::{Shelf, begin_batch, prices, prices_cache, strict};
use crate::support::{ms, pair};

type Numbers = HashMap<u32, u32>;

/// The body of several items awaits the first of them; that of one item awaits nothing.
#[cached(ttl = "1m", batch = ids, shared, name = "batches.own_item")]
async fn own_item(ids: Vec<u32>) -> HashMap<u32, u32> {
    tokio::task::yield_now().await;
    if ids.len() > 1 {
        let own: Pin<Box<dyn Future<Output = Numbers>>> = Box::pin(own_item(vec![ids[0]]));
        own.await;
    }
    ids.into_iter().map(|id| (id, id)).collect()
}

/// Each body awaits the other item, as long as that is not its caller.
#[cached(
    ttl = "1m",
    batch = ids,
    shared,
    local_ttl = "0",
    name = "batches.crossed",
    skip(depth)
)]
async fn crossed(depth: u32, ids: Vec<u32>) -> HashMap<u32, u32> {
    tokio::time::sleep(ms(20)).await;
    if depth > 0 {
        let others = ids.iter().map(|id| id ^ 1).collect();
        let other: Pin<Box<dyn Future<Output = Numbers>>> = Box::pin(crossed(depth - 1, others));
        other.await;
    }
    ids.into_iter().map(|id| (id, id)).collect()
}

async fn ends_in<T>(limit: Duration, what: &str, future: impl Future<Output = T>) -> T {
    let ended = tokio::time::timeout(limit, future).await;
    ended.unwrap_or_else(|_| panic!("not within {limit:?}: {what}"))
}

pub(crate) async fn a_body_that_awaits_an_item_of_its_own_runs_it_directly(fleet: &dyn Fleet) {
    let (a, _) = pair(fleet).await;
    let answer = ends_in(ms(3_000), "a batch", a.run(own_item(vec![1, 2, 3])));
    assert_eq!(answer.await, HashMap::from([(1, 1), (2, 2), (3, 3)]));
}

pub(crate) async fn bodies_that_await_each_others_items_end(fleet: &dyn Fleet) {
    let (a, _) = pair(fleet).await;
    for depth in 1..3 {
        let both = async {
            tokio::join!(
                a.run(crossed(depth, vec![depth * 10])),
                a.run(crossed(depth, vec![depth * 10 + 1]))
            )
        };
        let (even, odd) = ends_in(ms(3_000), "both", both).await;
        assert_eq!(even, HashMap::from([(depth * 10, depth * 10)]));
        assert_eq!(odd, HashMap::from([(depth * 10 + 1, depth * 10 + 1)]));
    }
}

pub(crate) async fn batches_that_wait_for_each_other_load_each_item_once(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    // Which of the two gets an item that another replica has given up depends on when they look again: after 50 ms, and
    // then after 100.
    for (round, pause) in (0_u32..).zip([20, 40, 55, 60, 65]) {
        let gate = shelf.close_gate();
        let items = [round * 2, round * 2 + 1];
        let of_b = items.map(|item| strict(Arc::clone(&shelf), vec![item]));
        let mut held = Vec::new();
        for batch in of_b {
            held.push(begin_batch(&b, &shelf, batch).await);
        }
        let [one, other] = [items, [items[1], items[0]]];
        let one = tokio::spawn(a.replica.run(strict(Arc::clone(&shelf), one.into())));
        tokio::time::sleep(ms(20)).await;
        let other = tokio::spawn(a.replica.run(strict(Arc::clone(&shelf), other.into())));
        tokio::time::sleep(ms(80)).await;
        held.remove(1).abort();
        tokio::time::sleep(ms(pause)).await;
        held.remove(0).abort();
        tokio::time::sleep(ms(100)).await;
        gate.add_permits(10);
        for batch in [one, other] {
            let answer = ends_in(ms(3_000), "a batch", batch).await;
            assert_eq!(answer.unwrap(), shelf.values(&items));
        }
    }
    // By the replica that has given them up, and once here.
    assert_eq!(shelf.loads(), (0..10).map(|item| (item, 2)).collect());
}

pub(crate) async fn a_replica_that_is_cut_off_holds_items_no_longer_than_its_leases(
    fleet: &dyn Fleet,
) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    let gate = shelf.close_gate();
    let of_a = begin_batch(&a, &shelf, prices(Arc::clone(&shelf), vec![1, 2])).await;
    a.line.cut();
    shelf.change(2);
    gate.add_permits(10);
    let of_b = b.run(prices(Arc::clone(&shelf), vec![2, 3]));
    let of_b = ends_in(ms(8_000), "the batch of the other replica", of_b).await;
    assert_eq!(of_b, shelf.values(&[2, 3]));
    assert!(of_a.await.unwrap().is_ok());
    a.line.restore().await;
    let of_a = a.run(prices(Arc::clone(&shelf), vec![2])).await;
    assert_eq!(of_a, shelf.values(&[2]), "what it loaded is stored nowhere");
}

pub(crate) async fn an_item_that_a_writer_holds_is_loaded_and_not_stored(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let shelf = Shelf::new();
    let ids = vec![1, 2];
    let guard = a.run(prices_cache().write(2)).await;
    for _ in 0..2 {
        let of_b = b.run(prices(Arc::clone(&shelf), ids.clone())).await;
        assert_eq!(of_b, shelf.values(&ids));
        shelf.change(2);
    }
    assert_eq!(shelf.loads(), [(1, 1), (2, 2)].into());
    a.run(guard.commit()).await;
    for node in [&a, &b] {
        let answer = node.run(prices(Arc::clone(&shelf), ids.clone())).await;
        assert_eq!(answer, shelf.values(&ids));
    }
    assert_eq!(shelf.loads(), [(1, 1), (2, 3)].into());
}
