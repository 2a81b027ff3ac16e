//! Loads in the background and limits on loads, by many threads and the clock that users have.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use cached_attr::{TimedOut, cached, flush_background};
use tokio::task::JoinSet;
use tokio::time::sleep;

const MILLISECOND: Duration = Duration::from_millis(1);

#[derive(Clone, Debug, PartialEq)]
struct Slow;

impl From<TimedOut> for Slow {
    fn from(_: TimedOut) -> Self {
        Slow
    }
}

#[derive(Clone, Debug, Default)]
struct Source(Arc<AtomicU32>);

impl Source {
    async fn ask_for(&self, time: Duration) -> u32 {
        let answer = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        sleep(time).await;
        answer
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_load_at_a_time_renews_an_answer_that_many_threads_read() {
    #[cached(
        ttl = "50ms",
        stale_while_revalidate = "1h",
        refresh_ahead = 0.5,
        skip(source)
    )]
    async fn price(source: &Source, id: u32) -> u32 {
        source.ask_for(MILLISECOND).await + id
    }

    let source = Source::default();
    assert_eq!(price(&source, 0).await, 1);
    let mut calls = JoinSet::new();
    for _ in 0..8 {
        let source = source.clone();
        calls.spawn(async move {
            let began = Instant::now();
            let mut newest = 0;
            while began.elapsed() < 500 * MILLISECOND {
                let answer = price(&source, 0).await;
                assert!(answer >= newest, "an older answer came back");
                newest = answer;
                sleep(MILLISECOND / 10).await;
            }
            newest
        });
    }
    let newest = calls.join_all().await.into_iter().max();
    assert!(newest >= Some(3), "{newest:?}");
    assert_eq!(flush_background().await, 0);
    let stats = price_cache().stats();
    assert_eq!(stats.loads, u64::from(source.0.load(Ordering::Relaxed)));
    assert_eq!(stats.loads, stats.refreshes + 1, "nobody waited: {stats}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_load_that_never_ends_ends_for_a_thousand_callers_at_its_limit() {
    #[cached(ttl = "1m", timeout = "100ms", skip(source))]
    async fn price(source: Source) -> Result<u32, Slow> {
        source.ask_for(Duration::from_secs(3600)).await;
        Ok(0)
    }

    let source = Source::default();
    let mut calls = JoinSet::new();
    for _ in 0..1000 {
        calls.spawn(price(source.clone()));
    }
    assert!(
        calls
            .join_all()
            .await
            .iter()
            .all(|answer| *answer == Err(Slow))
    );
    let stats = price_cache().stats();
    // A call that comes when the first load has ended begins another.
    assert_eq!(stats.timed_out, stats.loads);
    assert_eq!(stats.loads + stats.collapsed, 1000, "{stats}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_load_that_takes_long_goes_on_while_its_callers_are_served() {
    #[cached(
        ttl = "20ms",
        stale_if_error = "1h",
        soft_timeout = "20ms",
        skip(source)
    )]
    async fn price(source: Source) -> Result<u32, Slow> {
        let first = source.0.load(Ordering::Relaxed) == 0;
        let time = if first { 0 } else { 1000 };
        Ok(source.ask_for(time * MILLISECOND).await)
    }

    let source = Source::default();
    assert_eq!(price(source.clone()).await, Ok(1));
    sleep(30 * MILLISECOND).await;
    let mut calls = JoinSet::new();
    for _ in 0..1000 {
        calls.spawn(price(source.clone()));
    }
    assert!(calls.join_all().await.iter().all(|answer| *answer == Ok(1)));
    assert_eq!(source.0.load(Ordering::Relaxed), 2, "one load for all");
    assert_eq!(flush_background().await, 0);
    assert_eq!(price_cache().stats().stored, 2);
}

#[test]
fn outside_of_tokio_calls_work_without_limits_and_refreshes() {
    #[cached(
        ttl = "10ms",
        stale_while_revalidate = "1h",
        soft_timeout = "1ms",
        timeout = "2ms",
        skip(source)
    )]
    async fn price(source: Source) -> Result<u32, Slow> {
        std::thread::sleep(5 * MILLISECOND);
        Ok(source.0.fetch_add(1, Ordering::Relaxed) + 1)
    }

    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let source = Source::default();
    for _ in 0..2 {
        let mut call = Box::pin(price(source.clone()));
        let answer = call.as_mut().poll(&mut cx);
        assert_eq!(answer, std::task::Poll::Ready(Ok(1)));
        std::thread::sleep(20 * MILLISECOND);
    }
    assert_eq!(price_cache().stats().refreshes_skipped, 1);
}
