//! `testing::isolated`: a future with caches of its own.

use std::time::Duration;

use cached_attr::testing::{isolate_thread, isolated};
use cached_attr::{FnCache, cached};
use cached_attr_tests::{Gate, Source, Stepped};

static SOURCE: Source = Source::new();

#[cached(ttl = "1h")]
async fn shared(id: u32) -> u32 {
    tokio::task::yield_now().await;
    SOURCE.ask() + id - id
}

/// What a test does that shares a cached function with another test.
async fn like_a_test(round: u32) {
    let first = shared(round).await;
    assert_eq!(shared(round).await, first);
    shared_cache().insert(round, u32::MAX).await;
    tokio::task::yield_now().await;
    assert_eq!(shared(round).await, u32::MAX);
    assert_eq!(shared_cache().len(), 1);
    shared_cache().set_ttl(Duration::ZERO);
    tokio::task::yield_now().await;
    assert!(shared(round).await < u32::MAX);
    shared_cache().set_ttl(Duration::from_secs(60));
    shared_cache().invalidate_all().await;
    assert_eq!(shared_cache().len(), 0);
    let stats = shared_cache().stats();
    assert_eq!((stats.loads, stats.hits, stats.bypassed), (1, 2, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_tests_that_share_a_function_run_in_parallel_a_thousand_times() {
    let run = || async {
        for _ in 0..1000 {
            isolated(like_a_test(7)).await;
        }
    };
    let (one, other) = (tokio::spawn(run()), tokio::spawn(run()));
    one.await.expect("the first never sees the second");
    other.await.expect("the second never sees the first");
}

#[tokio::test(start_paused = true)]
async fn inside_nothing_is_seen_of_outside_and_outside_nothing_of_inside() {
    #[cached(ttl = "1m", skip(source))]
    async fn price(source: &Source) -> u32 {
        source.ask()
    }

    let source = Source::new();
    assert_eq!(price(&source).await, 1);
    isolated(async {
        assert!(price_cache().is_empty());
        assert_eq!((price(&source).await, price(&source).await), (2, 2));
        price_cache().invalidate_all().await;
        cached_attr::invalidate_all().await;
        price_cache().set_enabled(false);
        assert_eq!((price(&source).await, price(&source).await), (3, 4));
    })
    .await;
    assert_eq!(price(&source).await, 1);
    assert!(price_cache().stats().enabled);
    isolated(async { assert_eq!(price(&source).await, 5) }).await;
}

#[tokio::test(start_paused = true)]
async fn an_isolated_call_joins_no_load_outside() {
    #[cached(ttl = "1m", skip(source, gate))]
    async fn slow(source: &Source, gate: &Gate) -> u32 {
        let answer = source.ask();
        gate.pass().await;
        answer
    }

    let (source, gate) = (Source::new(), Gate::new());
    let outside = Stepped::begin(slow(&source, &gate)).await;
    let inside = Stepped::begin(isolated(slow(&source, &gate))).await;
    gate.open();
    assert_eq!((inside.finish().await, outside.finish().await), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn everything_works_inside_as_it_does_outside() {
    #[cached(ttl = "10s", skip(source))]
    async fn price(source: &Source, id: u32) -> u32 {
        let _ = id;
        source.ask_for(Duration::from_secs(1)).await
    }

    isolated(async {
        let source = Source::new();
        let both = async { tokio::join!(price(&source, 1), price(&source, 1)) };
        assert_eq!(both.await, (1, 1), "single flight");
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(price(&source, 1).await, 2, "expiry");
        let guard = price_cache().write(1).await;
        assert_eq!(price(&source, 1).await, 3);
        guard.commit().await;
        assert_eq!(price_cache().get(1).await, None, "write guards");
        price_cache().insert(1, 9).await;
        assert_eq!(price(&source, 1).await, 9);
        price_cache().expire(1).await;
        assert_eq!(price(&source, 1).await, 4);
        assert!(price_cache().age(1).is_some());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn built_caches_are_isolated_too_and_spawned_tasks_are_not() {
    let cache: FnCache<u32, u32> = FnCache::builder().build();
    cache.insert(1, 10).await;
    isolated(async {
        assert_eq!(cache.get(1).await, None);
        let handle = cache.clone();
        let spawned = tokio::spawn(async move { handle.get(1).await });
        assert_eq!(spawned.await.ok(), Some(Some(10)));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn one_isolation_inside_another_is_a_third_set_of_caches() {
    let cache: FnCache<u32, u32> = FnCache::builder().build();
    isolated(async {
        cache.insert(1, 1).await;
        isolated(async {
            assert_eq!(cache.get(1).await, None);
            cache.insert(1, 2).await;
        })
        .await;
        assert_eq!(cache.get(1).await, Some(1));
    })
    .await;
    assert_eq!(cache.get(1).await, None);
}

#[tokio::test]
async fn an_isolated_thread_isolates_the_tasks_that_it_spawns_and_nothing_after_it() {
    #[cached(ttl = "1h", skip(source))]
    async fn spawned(source: &'static Source) -> u32 {
        tokio::task::yield_now().await;
        source.ask()
    }

    static ASKED: Source = Source::new();
    assert_eq!(spawned(&ASKED).await, 1);
    let guard = isolate_thread();
    let task = tokio::spawn(async { (spawned(&ASKED).await, spawned(&ASKED).await) });
    assert_eq!(task.await.expect("nobody panics"), (2, 2));
    assert_eq!(spawned(&ASKED).await, 2, "with the test itself");
    isolated(async { assert_eq!(spawned(&ASKED).await, 3) }).await;
    spawned_cache().invalidate_all().await;

    drop(guard);
    assert_eq!(spawned(&ASKED).await, 1, "the process's is as it was");
}
