//! Functions that return a future in other words than `async fn`.

use std::pin::Pin;

use cached_attr::cached;
use cached_attr_tests::Source;

/// As in the `futures` crate.
type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// As in the `futures` crate.
trait FutureExt: Future + Sized {
    fn boxed<'a>(self) -> BoxFuture<'a, Self::Output>
    where
        Self: Send + 'a,
    {
        Box::pin(self)
    }
}

impl<F: Future> FutureExt for F {}

#[cached(ttl = "1m", skip(source))]
#[allow(clippy::manual_async_fn, reason = "that is what is tested")]
fn unnamed(source: &Source, id: u32) -> impl Future<Output = u32> + Send {
    async move { source.ask() + id }
}

#[cached(ttl = "1m", skip(source))]
fn boxed<'a>(source: &'a Source, name: &'a str) -> BoxFuture<'a, Result<u32, String>> {
    let length = name.len();
    Box::pin(async move {
        if length == 0 {
            return Err("no name".to_owned());
        }
        Ok(source.ask())
    })
}

#[cached(ttl = "1m", skip(source))]
fn by_method<'a>(source: &'a Source, name: &'a str) -> BoxFuture<'a, u32> {
    async move { source.ask() + u32::try_from(name.len()).unwrap_or(0) }.boxed()
}

#[tokio::test]
async fn a_function_that_returns_impl_future_is_cached() {
    let source = Source::new();
    assert_eq!(unnamed(&source, 10).await, 11);
    assert_eq!(unnamed(&source, 10).await, 11);
    unnamed_cache().invalidate(unnamed_key(10)).await;
    assert_eq!(unnamed(&source, 10).await, 12);
}

#[tokio::test]
async fn a_function_that_returns_a_boxed_future_is_cached() {
    let source = Source::new();
    assert_eq!(boxed(&source, "a").await, Ok(1));
    assert_eq!(boxed(&source, "a").await, Ok(1));
    assert_eq!(boxed(&source, "").await, Err("no name".to_owned()));
    assert_eq!(boxed_cache().get("a").await, Some(1));
    assert_eq!(by_method(&source, "ab").await, 4);
    assert_eq!(by_method(&source, "ab").await, 4);
}

trait Rates {
    fn rate(&self, currency: &str) -> impl Future<Output = u32> + Send;
}

impl Rates for Source {
    #[cached(ttl = "1m", skip(self), handle = false)]
    #[allow(clippy::manual_async_fn, reason = "that is what is tested")]
    fn rate(&self, currency: &str) -> impl Future<Output = u32> + Send {
        async move { self.ask() + u32::try_from(currency.len()).unwrap_or(0) }
    }
}

#[tokio::test]
async fn a_trait_method_that_returns_impl_future_is_cached() {
    let source = Source::new();
    let spawned = source.rate("EUR").await;
    assert_eq!(source.rate("EUR").await, spawned);
}
