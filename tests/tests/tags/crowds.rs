//! Many callers at once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cached_attr::{cached, invalidate_tag};
use cached_attr_tests::Source;
use tokio::task::{JoinSet, yield_now};
use tokio::time::sleep;

#[tokio::test(start_paused = true)]
async fn a_thousand_callers_on_both_sides_of_an_invalidation_make_two_loads() {
    static SOURCE: Source = Source::new();

    #[cached(ttl = "1h", tags = ["crowd:{id}"])]
    async fn price(id: u32) -> u32 {
        let _ = id;
        SOURCE.ask_for(Duration::from_secs(1)).await
    }

    let mut calls = JoinSet::new();
    for _ in 0..500 {
        calls.spawn(async { (1, price(7).await) });
    }
    sleep(Duration::from_millis(1)).await;
    invalidate_tag("crowd:7").await;
    for _ in 0..500 {
        calls.spawn(async { (2, price(7).await) });
    }
    for (expected, answer) in calls.join_all().await {
        assert_eq!(answer, expected);
    }
    assert_eq!(SOURCE.asked(), 2);
    let stats = price_cache().stats();
    assert_eq!(
        (stats.loads, stats.collapsed, stats.superseded),
        (2, 998, 1)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_callers_on_four_threads_see_nothing_from_before_an_invalidation() {
    static VERSION: AtomicU64 = AtomicU64::new(0);

    #[cached(ttl = "1h", tags = ["versions", "version:{id}"])]
    async fn version(id: u64) -> u64 {
        let version = VERSION.load(Ordering::SeqCst);
        for _ in 0..id % 3 {
            yield_now().await;
        }
        version
    }

    let mut calls = JoinSet::new();
    for number in 0..1000_u64 {
        calls.spawn(async move {
            for round in 0..20 {
                if (number + round).is_multiple_of(10) {
                    let now = VERSION.fetch_add(1, Ordering::SeqCst) + 1;
                    invalidate_tag("versions").await;
                    assert!(version(number % 7).await >= now);
                } else {
                    version(round % 7).await;
                }
                yield_now().await;
            }
        });
    }
    calls.join_all().await;
}
