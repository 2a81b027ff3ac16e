//! `share_error`: an error of a foreign type, which is neither `Clone` nor `From<SharedError>`.

use std::io::{Error, ErrorKind};
use std::time::Duration;

use cached_attr::{CacheControlExt as _, cached};
use cached_attr_tests::Source;
use tokio::time::{advance, sleep};

static SOURCE: Source = Source::new();

#[cached(ttl = "1m", share_error = |error| Error::other(format!("shared: {error}")))]
async fn failing(id: u32) -> Result<u32, Error> {
    let load = SOURCE.ask();
    sleep(Duration::from_millis(50)).await;
    Err(Error::new(
        ErrorKind::NotFound,
        format!("row {id}, load {load}"),
    ))
}

#[tokio::test(start_paused = true)]
async fn two_hundred_who_wait_for_a_failing_load_share_its_error() {
    let calls: Vec<_> = (0..200).map(|_| tokio::spawn(failing(7))).collect();
    let mut own = 0;
    for call in calls {
        let error = call.await.expect("nobody panics").expect_err("it fails");
        if error.kind() == ErrorKind::NotFound {
            own += 1;
        } else {
            assert_eq!(error.to_string(), "shared: row 7, load 1");
        }
    }
    assert_eq!(own, 1, "who loaded has the error itself");
    assert_eq!(SOURCE.asked(), 1);
}

#[cached(
    ttl = "1s", skip(source), share_error = |error| Error::other(error.to_string()),
    stale_if_error = "1h", stale_if_error_when = |error| error.kind() == ErrorKind::TimedOut
)]
async fn judged(source: &Source) -> Result<u32, Error> {
    match source.ask() {
        1 => Ok(1),
        2 => Err(ErrorKind::TimedOut.into()),
        _ => Err(ErrorKind::NotFound.into()),
    }
}

#[tokio::test(start_paused = true)]
async fn stale_if_error_when_sees_the_loads_own_error() {
    let source = Source::new();
    assert_eq!(judged(&source).await.ok(), Some(1));
    advance(Duration::from_secs(2)).await;
    assert_eq!(judged(&source).await.ok(), Some(1), "a failure");
    advance(Duration::from_secs(2)).await;
    let error = judged(&source).await.expect_err("an authoritative error");
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[cached(
    ttl = "1m", skip(source), error_ttl = "10s",
    share_error = |error| Error::other(format!("cached: {error}"))
)]
async fn remembered(source: &Source) -> Result<u32, Error> {
    Err(Error::other(format!("load {}", source.ask())))
}

#[tokio::test(start_paused = true)]
async fn a_cached_error_is_made_by_the_closure() {
    let source = Source::new();
    let mut texts = Vec::new();
    for _ in 0..2 {
        texts.push(remembered(&source).await.expect_err("it fails").to_string());
    }
    assert_eq!(texts, ["load 1", "cached: load 1"]);
    let fresh = remembered(&source).max_age(Duration::ZERO).await;
    assert_eq!(fresh.expect_err("it fails").to_string(), "load 2");
}

async fn parameter(source: &Source) -> Result<String, Error> {
    let load = source.ask();
    sleep(Duration::from_millis(50)).await;
    Err(Error::other(format!("load {load}")))
}

#[cached(
    let url = parameter(source).await?, ttl = "1m", skip(source),
    share_error = |error| Error::other(format!("shared: {error}"))
)]
async fn handler(source: &'static Source) -> Result<String, Error> {
    Ok(url)
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_for_a_resource_share_its_error() {
    static SOURCE: Source = Source::new();
    let calls: Vec<_> = (0..3).map(|_| tokio::spawn(handler(&SOURCE))).collect();
    let mut texts = Vec::new();
    for call in calls {
        texts.push(call.await.unwrap().unwrap_err().to_string());
    }
    texts.sort_unstable();
    assert_eq!(texts, ["load 1", "shared: load 1", "shared: load 1"]);
}

type Answer<T> = std::io::Result<T>;

#[cached(ttl = "1m", share_error = |error| Error::other(error.to_string()))]
async fn generic<T: std::hash::Hash + Eq + Clone + Send + Sync + 'static>(item: T) -> Answer<T> {
    tokio::task::yield_now().await;
    Ok(item)
}

#[tokio::test]
async fn generic_functions_and_aliases_share_errors_too() {
    assert_eq!(generic(1u8).await.ok(), Some(1));
    assert_eq!(generic("a").await.ok(), Some("a"));
}
