//! `stats` by cause: why an answer was stale, not shared, not stored, or left.

use std::time::Duration;

use cached_attr::{FnCache, cached};
use cached_attr_tests::{Gate, Source, Stepped};
use tokio::time::advance;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn stale_answers_in_the_pause_after_a_failure_are_counted_apart() {
    #[cached(ttl = "1m", stale_if_error = "1h", retry_after = "10s", skip(source))]
    async fn price(source: &Source) -> Result<u32, String> {
        match source.ask() {
            1 => Ok(1),
            _ => Err("down".to_owned()),
        }
    }

    let source = Source::new();
    assert_eq!(price(&source).await, Ok(1));
    advance(MINUTE).await;
    for _ in 0..3 {
        assert_eq!(price(&source).await, Ok(1));
    }
    let stats = price_cache().stats();
    assert_eq!((stats.stale, stats.stale_in_pause), (3, 2));
    assert_eq!((stats.loads, stats.load_errors), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_cannot_get_anothers_error_is_counted() {
    #[derive(Debug)]
    struct Private;

    #[cached(ttl = "1m", skip(gate))]
    async fn failing(gate: &Gate) -> Result<u32, Private> {
        gate.pass().await;
        Err(Private)
    }

    let gate = Gate::new();
    let leader = Stepped::begin(failing(&gate)).await;
    let follower = Stepped::begin(failing(&gate)).await;
    gate.open();
    assert!(leader.finish().await.is_err());
    assert!(follower.finish().await.is_err());
    let stats = failing_cache().stats();
    assert_eq!((stats.load_errors, stats.unshared_errors), (2, 1));
    assert_eq!(stats.collapsed, 0);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_may_not_be_stored_is_counted_as_refused() {
    #[cached(ttl = "1m", store_if = |n: &u32| *n > 1)]
    async fn large(n: u32) -> u32 {
        n
    }

    for n in 0..5 {
        large(n).await;
    }
    let stats = large_cache().stats();
    assert_eq!((stats.stored, stats.refused, stats.superseded), (3, 2, 0));
}

#[tokio::test]
async fn an_answer_that_is_too_heavy_or_held_by_a_writer_is_refused() {
    let cache: FnCache<u32, u32> = FnCache::builder().capacity(9).weigh(|_, n| *n).build();
    cache.insert(1, 10).await;
    let guard = cache.write(2).await;
    cache.insert(2, 1).await;
    guard.commit().await;
    let stats = cache.stats();
    assert_eq!((stats.refused, stats.stored, stats.entries), (2, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn entries_leave_for_one_of_three_causes() {
    let cache: FnCache<u32, u32> = FnCache::builder()
        .ttl(MINUTE)
        .tti(10 * SECOND)
        .capacity(100)
        .build();
    for id in 0..1000 {
        cache.insert(id, id).await;
    }
    cache.free_expired();
    let full = cache.stats();
    assert!(full.evicted_for_capacity >= 1000 - 164, "{full}");
    assert_eq!((full.evicted_idle, full.evicted_expired), (0, 0));

    cache.invalidate_all().await;
    cache.insert(1, 1).await;
    cache.insert(2, 2).await;
    for _ in 0..8 {
        advance(8 * SECOND).await;
        cache.get(1).await;
        cache.free_expired();
    }
    advance(8 * SECOND).await;
    cache.free_expired();
    let stats = cache.stats();
    assert_eq!((stats.evicted_idle, stats.evicted_expired), (1, 1));
    assert_eq!(
        stats.evicted,
        full.evicted_for_capacity + stats.evicted_idle + stats.evicted_expired
    );
}
