//! `flush_background` and the limit of the process. They are about all caches, so one test runs at a time.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

use std::sync::Arc;
use std::time::Duration;

use cached_attr::{cached, flush_background, flush_background_within, set_max_background};
use cached_attr_tests::{Gate, Source};
use tokio::sync::Mutex;
use tokio::time::{Instant, advance, sleep};

const SECOND: Duration = Duration::from_secs(1);

static ALONE: Mutex<()> = Mutex::const_new(());

/// How a load ends.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Answers,
    Fails,
    Panics,
    Never,
}

#[cached(
    ttl = "1m",
    stale_while_revalidate = "1h",
    retry_after = 0,
    skip(source, end)
)]
async fn price(source: Arc<Source>, id: u32, end: End) -> Result<u32, String> {
    let answer = source.ask();
    sleep(SECOND).await;
    match end {
        End::Answers => Ok(answer),
        End::Fails => Err("down".to_owned()),
        End::Panics => panic!("the source panics at {id}"),
        End::Never => std::future::pending().await,
    }
}

/// A stale answer under this key.
async fn stale(source: &Arc<Source>, id: u32) {
    price_cache().insert(id, 0).await;
    price_cache().expire(id).await;
    assert_eq!(source.asked(), 0);
}

#[tokio::test(start_paused = true)]
async fn it_waits_for_loads_whatever_becomes_of_them() {
    let _alone = ALONE.lock().await;
    let source = Arc::new(Source::new());
    for id in 0..3 {
        stale(&source, id).await;
    }
    let began = Instant::now();
    for (id, end) in [(0, End::Answers), (1, End::Fails), (2, End::Panics)] {
        assert_eq!(price(source.clone(), id, end).await, Ok(0));
    }
    assert_eq!(flush_background().await, 0);
    assert_eq!(began.elapsed(), SECOND);
    assert!(price_cache().get(0).await.is_some(), "stored by then");
    assert_eq!(flush_background().await, 0);
    assert_eq!(began.elapsed(), SECOND, "nothing is left to wait for");
}

#[tokio::test(start_paused = true)]
async fn it_waits_no_longer_than_its_bound() {
    let _alone = ALONE.lock().await;
    let source = Arc::new(Source::new());
    for id in 10..13 {
        stale(&source, id).await;
    }
    let began = Instant::now();
    for id in 10..13 {
        assert_eq!(price(source.clone(), id, End::Never).await, Ok(0));
    }
    assert_eq!(flush_background_within(2 * SECOND).await, 3);
    assert_eq!(began.elapsed(), 2 * SECOND);
    assert_eq!(flush_background().await, 3);
    assert_eq!(began.elapsed(), 12 * SECOND);
    // They have a limit of their own: a minute.
    assert_eq!(flush_background_within(100 * SECOND).await, 0);
    assert_eq!(began.elapsed(), 60 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn it_does_not_wait_for_loads_that_begin_meanwhile() {
    let _alone = ALONE.lock().await;
    let source = Arc::new(Source::new());
    for id in 20..22 {
        stale(&source, id).await;
    }
    let began = Instant::now();
    assert_eq!(price(source.clone(), 20, End::Answers).await, Ok(0));
    let later = {
        let source = source.clone();
        tokio::spawn(async move {
            sleep(SECOND / 2).await;
            price(source, 21, End::Never).await
        })
    };
    assert_eq!(flush_background().await, 0);
    assert_eq!(began.elapsed(), SECOND);
    assert_eq!(later.await.expect("no panic"), Ok(0));
    assert_eq!(flush_background_within(100 * SECOND).await, 0);
}

#[tokio::test(start_paused = true)]
async fn a_load_that_has_moved_to_the_background_is_waited_for() {
    let _alone = ALONE.lock().await;

    #[cached(
        ttl = "1m",
        stale_if_error = "1h",
        soft_timeout = "200ms",
        skip(source)
    )]
    async fn price(source: Arc<Source>) -> Result<u32, String> {
        Ok(source.ask_for(SECOND).await)
    }

    let source = Arc::new(Source::new());
    assert_eq!(price(source.clone()).await, Ok(1));
    advance(60 * SECOND).await;
    let began = Instant::now();
    assert_eq!(price(source.clone()).await, Ok(1));
    assert_eq!(began.elapsed(), SECOND / 5);
    assert_eq!(flush_background().await, 0);
    assert_eq!(began.elapsed(), SECOND);
    assert_eq!(price(source).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn beyond_the_limit_of_the_process_a_load_is_skipped_and_counted() {
    let _alone = ALONE.lock().await;
    let source = Arc::new(Source::new());
    for id in 30..35 {
        stale(&source, id).await;
    }
    let before = price_cache().stats();
    set_max_background(2);
    for id in 30..35 {
        assert_eq!(price(source.clone(), id, End::Answers).await, Ok(0));
    }
    set_max_background(1024);
    assert_eq!(flush_background().await, 0);
    let stats = price_cache().stats();
    assert_eq!(stats.refreshes - before.refreshes, 2);
    assert_eq!(stats.refreshes_skipped - before.refreshes_skipped, 3);
    for id in 30..35 {
        assert!(price(source.clone(), id, End::Answers).await.is_ok());
    }
    assert_eq!(flush_background().await, 0);
    assert_eq!(price_cache().stats().refreshes - before.refreshes, 5);
}

#[test]
fn a_runtime_that_ends_leaves_nothing_to_wait_for() {
    let alone = ALONE.blocking_lock();

    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(gate))]
    async fn price(gate: Arc<Gate>) -> u32 {
        gate.pass().await;
        1
    }

    let runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime")
    };
    let gate = Arc::new(Gate::new());
    let first = runtime();
    first.block_on(async {
        price_cache().insert((), 0).await;
        price_cache().expire(()).await;
        assert_eq!(price(gate.clone()).await, 0);
        gate.arrival().await;
        assert_eq!(flush_background_within(SECOND / 100).await, 1);
    });
    drop(first);
    runtime().block_on(async {
        assert_eq!(flush_background().await, 0);
    });
    drop(alone);
}

#[test]
fn many_who_wait_at_once_all_end() {
    let alone = ALONE.blocking_lock();

    #[cached(ttl = "1ms", stale_while_revalidate = "1h", skip(source))]
    async fn price(source: Arc<Source>, id: u32) -> u32 {
        source.ask_for(Duration::from_millis(1)).await
    }

    let source = Arc::new(Source::new());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for id in 0..8 {
            let source = source.clone();
            tasks.spawn(async move {
                for _ in 0..100 {
                    price(source.clone(), id).await;
                    assert_eq!(flush_background().await, 0);
                }
            });
        }
        tasks.join_all().await;
        assert_eq!(flush_background().await, 0);
    });
    drop(alone);
}
