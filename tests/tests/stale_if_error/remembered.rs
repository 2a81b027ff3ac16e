//! `error_ttl` beside `stale_if_error`: which errors are remembered, and over what.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cached_attr::{CacheControlExt as _, cached};
use cached_attr_tests::Source;
use tokio::time::advance;

use crate::{Fault, SECOND};

#[tokio::test(start_paused = true)]
async fn an_authoritative_error_is_remembered_when_error_ttl_says_so() {
    #[cached(ttl = "1m", error_ttl = "10s", stale_if_error = "1h",
             stale_if_error_when = |fault| *fault == Fault::Down, skip(source))]
    async fn find(source: &Source) -> Result<u32, Fault> {
        match source.ask() {
            3 => Ok(3),
            _ => Err(Fault::Missing),
        }
    }

    let source = Source::new();
    for _ in 0..3 {
        assert_eq!(find(&source).await, Err(Fault::Missing));
    }
    assert_eq!(source.asked(), 1);
    advance(10 * SECOND).await;
    assert_eq!(find(&source).await, Err(Fault::Missing));
    assert_eq!(source.asked(), 2, "for no longer than that");
    assert_eq!(find_cache().stats().superseded, 0);

    advance(10 * SECOND).await;
    assert_eq!(find(&source).await, Ok(3));
    advance(60 * SECOND).await;
    for _ in 0..3 {
        assert_eq!(find(&source).await, Err(Fault::Missing));
    }
    assert_eq!(source.asked(), 4, "also in the place of an old answer");
}

#[tokio::test(start_paused = true)]
async fn a_remembered_error_never_takes_the_place_of_an_answer_that_is_of_use() {
    #[cached(ttl = "1m", error_ttl = "10s", stale_if_error = "1h", skip(down))]
    async fn price(down: &AtomicBool) -> Result<u32, Fault> {
        if down.load(Ordering::Relaxed) {
            Err(Fault::Down)
        } else {
            Ok(1)
        }
    }

    let down = AtomicBool::new(false);
    assert_eq!(price(&down).await, Ok(1));
    down.store(true, Ordering::Relaxed);
    let strict = price(&down).max_age(Duration::ZERO).await;
    assert_eq!(strict, Err(Fault::Down), "a strict caller is told");
    assert_eq!(price(&down).await, Ok(1), "the answer is fresh still");
    advance(61 * SECOND).await;
    assert_eq!(price(&down).await, Ok(1), "and stands in later on");
}

#[tokio::test(start_paused = true)]
async fn a_strict_callers_error_leaves_a_fresh_answer_also_without_stale_if_error() {
    #[cached(ttl = "1m", error_ttl = "10s", skip(source))]
    async fn price(source: &Source) -> Result<u32, Fault> {
        match source.ask() {
            1 => Ok(1),
            _ => Err(Fault::Down),
        }
    }

    let source = Source::new();
    assert_eq!(price(&source).await, Ok(1));
    let strict = price(&source).max_age(Duration::ZERO).await;
    assert_eq!(strict, Err(Fault::Down));
    assert_eq!(price(&source).await, Ok(1));
    advance(60 * SECOND).await;
    for _ in 0..3 {
        assert_eq!(price(&source).await, Err(Fault::Down));
    }
    assert_eq!(
        source.asked(),
        3,
        "past its ttl it is of no use to anybody: the error is remembered"
    );
}
