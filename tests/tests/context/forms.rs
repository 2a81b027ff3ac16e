//! Every form of function, and other options.

use std::fmt::Display;
use std::hash::Hash;
use std::pin::Pin;

use cached_attr::{LoadContext, cached};
use cached_attr_tests::Source;
use tokio::time::advance;

use crate::SECOND;

#[tokio::test(start_paused = true)]
async fn generic_functions() {
    #[cached(ttl = "1m", context = load, handle = false, skip(source))]
    async fn value<T>(source: &Source, id: T) -> Vec<T>
    where
        T: Clone + Hash + Eq + Send + Sync + 'static,
    {
        source.ask();
        load.stale().cloned().unwrap_or_else(|| vec![id])
    }

    let source = Source::new();
    assert_eq!(value(&source, 1).await, [1]);
    assert_eq!(value(&source, "a").await, ["a"]);
    advance(60 * SECOND).await;
    assert_eq!(value(&source, 1).await, [1]);
    assert_eq!(source.asked(), 3);
}

struct Counter(Source);

trait Count {
    fn count<'a>(&'a self) -> Pin<Box<dyn Future<Output = u32> + Send + 'a>>;
}

impl Count for Counter {
    #[cached(ttl = "1m", context = load, skip(self), handle = false)]
    fn count<'a>(&'a self) -> Pin<Box<dyn Future<Output = u32> + Send + 'a>> {
        Box::pin(async move { load.stale().unwrap_or(&0) * 10 + self.0.ask() })
    }
}

#[tokio::test(start_paused = true)]
async fn the_boxed_method_of_a_trait() {
    let counter = Counter(Source::new());
    assert_eq!(counter.count().await, 1);
    advance(60 * SECOND).await;
    assert_eq!(counter.count().await, 12);
}

#[tokio::test(start_paused = true)]
async fn an_absent_value_is_replaced_and_renewed_like_any_other() {
    #[cached(ttl = "1m", negative_ttl = "10s", context = load, skip(source))]
    async fn value(source: &Source) -> Option<u32> {
        source.ask();
        match load.stale() {
            Some(None) => {
                load.set_ttl(20 * SECOND);
                load.not_modified().flatten()
            }
            Some(Some(_)) => unreachable!("it is absent"),
            None => None,
        }
    }

    let source = Source::new();
    value(&source).await;
    advance(10 * SECOND).await;
    value(&source).await;
    advance(19 * SECOND).await;
    value(&source).await;
    assert_eq!(source.asked(), 2);
    advance(SECOND).await;
    value(&source).await;
    assert_eq!(source.asked(), 3);
}

#[derive(Debug)]
struct Foreign(String);

impl Display for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Foreign {}

#[tokio::test(start_paused = true)]
async fn errors_that_are_shared() {
    #[cached(ttl = "1m", context = load, share_error = |error| Foreign(error.to_string()), skip(source))]
    async fn value(source: &Source) -> Result<u32, Foreign> {
        match (source.ask(), load.stale()) {
            (2, Some(1)) => Err(Foreign("down".into())),
            (3, Some(1)) => load
                .not_modified()
                .ok_or_else(|| Foreign("nothing to renew".into())),
            (first, _) => Ok(first),
        }
    }

    let source = Source::new();
    assert_eq!(value(&source).await.ok(), Some(1));
    advance(60 * SECOND).await;
    assert!(value(&source).await.is_err());
    assert_eq!(value(&source).await.ok(), Some(1));
    assert_eq!(value(&source).await.ok(), Some(1));
    assert_eq!(source.asked(), 3);
}

#[tokio::test(start_paused = true)]
async fn two_resources_have_a_context_each() {
    #[allow(clippy::unused_async, reason = "it stands for a request")]
    async fn next(load: &LoadContext<u32>, source: &Source, first: u32) -> u32 {
        source.ask();
        load.stale().map_or(first, |value| value + 1)
    }

    #[cached(let a = next(&load, source, 10).await, ttl = "1m", context = load, skip(source))]
    #[cached(let b = next(&load, source, a).await, ttl = "2m", context = load, key = (), skip(source, a))]
    async fn handler(source: &Source) -> (u32, u32) {
        (a, b)
    }

    let source = Source::new();
    assert_eq!(handler(&source).await, (10, 10));
    advance(60 * SECOND).await;
    assert_eq!(handler(&source).await, (11, 10));
    advance(60 * SECOND).await;
    assert_eq!(handler(&source).await, (12, 11));
}

#[tokio::test(start_paused = true)]
async fn ahead_of_its_end_the_fresh_value_is_compared_with() {
    #[cached(ttl = "100s", refresh_ahead = 0.5, context = load, skip(source))]
    async fn value(source: std::sync::Arc<Source>) -> u32 {
        source.ask() + load.stale().copied().unwrap_or(100)
    }

    let source = std::sync::Arc::new(Source::new());
    assert_eq!(value(source.clone()).await, 101);
    advance(50 * SECOND).await;
    assert_eq!(value(source.clone()).await, 101);
    cached_attr::flush_background().await;
    assert_eq!(value(source.clone()).await, 103);
}
