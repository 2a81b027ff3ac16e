//! Batches of one task, of which some are polled no more.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use cached_attr::cached;
use cached_attr_tests::Gate;
use futures_util::StreamExt as _;
use tokio::time::{sleep, timeout};

use crate::{Fault, SECOND, Shop, sorted};

#[cached(ttl = "1m", batch = ids, max_batch = 2, skip(shop))]
async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
    shop.prices(ids).await
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_left_unpolled_holds_up_no_other_of_its_task() {
    let shop = Shop::new();
    shop.takes(SECOND);
    let mut left = Box::pin(prices(&shop, vec![1, 2, 3, 4, 5]));
    tokio::select! {
        _ = &mut left => unreachable!("it takes a second"),
        () = sleep(SECOND / 2) => {}
    }
    let answer = timeout(60 * SECOND, prices(&shop, vec![3, 4, 5, 6])).await;
    assert_eq!(
        sorted(answer.expect("it ends")),
        [(3, 30), (4, 40), (5, 50), (6, 60)]
    );
    assert_eq!(sorted(left.await).len(), 5);
}

#[tokio::test(start_paused = true)]
async fn overlapping_batches_of_one_task_share_their_loads() {
    let shop = Shop::new();
    shop.takes(SECOND);
    let calls = (0..50).map(|from| prices(&shop, (from..from + 10).collect()));
    let mut calls = futures_util::stream::iter(calls).buffer_unordered(7);
    let answers = timeout(3600 * SECOND, async {
        let mut answers = 0;
        while let Some(answer) = calls.next().await {
            assert_eq!(sorted(answer).len(), 10);
            answers += 1;
            // Meanwhile none of them is polled.
            sleep(SECOND / 3).await;
        }
        answers
    });
    assert_eq!(answers.await.expect("it ends"), 50);
}

/// A load that runs a batch which needs the load.
#[cached(ttl = "1m")]
async fn total(depth: u32) -> u32 {
    let parts = parts(vec![depth, depth + 1]).await;
    parts.values().sum()
}

#[cached(ttl = "1m", batch = depths)]
async fn parts(depths: Vec<u32>) -> HashMap<u32, u32> {
    let mut parts = HashMap::new();
    for depth in depths {
        tokio::task::yield_now().await;
        let part = if depth < 4 { boxed(depth + 1).await } else { 1 };
        parts.insert(depth, part);
    }
    parts
}

fn boxed(depth: u32) -> Pin<Box<dyn Future<Output = u32> + Send>> {
    Box::pin(total(depth))
}

#[tokio::test(start_paused = true)]
async fn loads_and_batches_that_need_each_other_end() {
    let calls = futures_util::future::join_all((0..5).map(total));
    let totals = timeout(60 * SECOND, calls).await.expect("it ends");
    assert!(totals.iter().all(|total| *total > 0), "{totals:?}");
}

#[test]
fn many_threads_on_the_real_clock() {
    #[cached(ttl = "2ms", batch = ids, max_batch = 7, skip(gate))]
    async fn squares(gate: &Gate, ids: Vec<u32>) -> HashMap<u32, u32> {
        gate.pass().await;
        sleep(Duration::from_micros(300)).await;
        ids.into_iter().map(|id| (id, id * id)).collect()
    }

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_time()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let callers = (0..100_u32).map(|caller| {
            tokio::spawn(async move {
                let gate = Gate::opened();
                for round in 0..20 {
                    let from = (caller * 7 + round) % 60;
                    let ids: Vec<u32> = (from..from + 20).collect();
                    let patience = Duration::from_micros(u64::from(caller % 5) * 200);
                    if caller % 5 > 0 {
                        let _ = timeout(patience, squares(&gate, ids.clone())).await;
                    }
                    let answer = timeout(Duration::from_secs(30), squares(&gate, ids)).await;
                    let answer = answer.expect("it ends");
                    assert_eq!(answer.len(), 20);
                    assert!(answer.iter().all(|(id, square)| id * id == *square));
                }
            })
        });
        for caller in callers.collect::<Vec<_>>() {
            caller.await.expect("no panic");
        }
    });
}

#[tokio::test(start_paused = true)]
async fn many_items_that_wait_leave_the_task_at_rest() {
    #[cached(ttl = "1m", timeout = "10s", batch = ids, skip(shop))]
    async fn prices(shop: &Shop, ids: Vec<u32>) -> Result<HashMap<u32, u32>, Fault> {
        shop.prices(ids).await
    }

    let shop = Arc::new(Shop::new());
    shop.takes(SECOND);
    let ids = || (0..1000).collect();
    let first = Arc::clone(&shop);
    let first = tokio::spawn(async move { prices(&first, ids()).await });
    tokio::task::yield_now().await;
    let mut second = pin!(prices(&shop, ids()));
    let mut polls = 0;
    let second = poll_fn(|cx| {
        polls += 1;
        assert!(polls < 100, "it is polled again and again");
        second.as_mut().poll(cx)
    });
    assert_eq!(sorted(second.await).len(), 100);
    assert_eq!(sorted(first.await.expect("no panic")).len(), 100);
    assert_eq!(shop.asked().len(), 1);
}
