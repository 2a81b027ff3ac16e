//! An error that can be neither cloned nor rendered: nobody waits in line behind failing loads.

use std::time::Duration;

use cached_attr::cached;
use cached_attr_tests::{Gate, Source, Stepped};
use tokio::time::{Instant, sleep};

/// Neither `Clone` nor made from a `SharedError`.
#[derive(Debug, PartialEq)]
struct Private(u32);

static SOURCE: Source = Source::new();

#[cached(ttl = "1m")]
async fn failing(id: u32) -> Result<u32, Private> {
    let load = SOURCE.ask();
    sleep(Duration::from_millis(50)).await;
    Err(Private(load + id))
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_who_wait_for_a_failing_load_end_within_three_loads() {
    let began = Instant::now();
    let calls: Vec<_> = (0..10_000).map(|_| tokio::spawn(failing(0))).collect();
    let mut errors = Vec::new();
    for call in calls {
        errors.push(
            call.await
                .expect("nobody panics")
                .expect_err("every load fails")
                .0,
        );
    }
    assert!(
        began.elapsed() < Duration::from_millis(200),
        "{:?}",
        began.elapsed()
    );
    errors.sort_unstable();
    errors.dedup();
    assert_eq!(
        errors.len(),
        10_000,
        "each has the error of a load of its own"
    );
    assert_eq!(SOURCE.asked(), 10_000);
}

#[cached(ttl = "1m", skip(source, gate))]
async fn once_wrong(source: &Source, gate: &Gate) -> Result<u32, std::io::Error> {
    let load = source.ask();
    gate.pass().await;
    if load == 1 {
        Err(std::io::Error::other("first"))
    } else {
        Ok(load)
    }
}

#[tokio::test(start_paused = true)]
async fn when_the_second_load_succeeds_all_who_waited_have_it() {
    let source = Source::new();
    let (first, second) = (Gate::new(), Gate::new());
    let leader = Stepped::begin(once_wrong(&source, &first)).await;
    let mut waiters = Vec::new();
    for _ in 0..20 {
        waiters.push(Stepped::begin(once_wrong(&source, &second)).await);
    }
    first.open();
    assert!(leader.finish().await.is_err());
    for waiter in &mut waiters {
        assert!(waiter.step().await.is_none());
    }
    assert_eq!(source.asked(), 2, "they started over, and share one load");
    second.open();
    for waiter in waiters {
        assert_eq!(waiter.finish().await.ok(), Some(2));
    }
    assert_eq!(once_wrong(&source, &second).await.ok(), Some(2), "stored");
}

#[tokio::test(start_paused = true)]
async fn a_waiter_whose_joined_loads_fail_twice_runs_its_body_and_stores_nothing() {
    #[cached(ttl = "1m", skip(source))]
    async fn thrice(source: &Source) -> Result<u32, Private> {
        let load = source.ask_for(Duration::from_millis(50)).await;
        if load <= 2 {
            Err(Private(load))
        } else {
            Ok(load)
        }
    }

    let source = Source::new();
    let calls = async { tokio::join!(thrice(&source), thrice(&source), thrice(&source)) };
    let mut answers: Vec<_> = <[_; 3]>::from(calls.await).map(Result::ok).into();
    answers.sort_unstable();
    assert_eq!(answers, [None, None, Some(3)]);
    assert_eq!(thrice_cache().stats().stored, 0, "it ran beside the cache");
    assert_eq!(thrice(&source).await, Ok(4));
}
