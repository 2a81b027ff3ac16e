//! tower services.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use cached_attr::cached;
use cached_attr_tests::Source;
use tower::{Service, ServiceExt as _, service_fn};

static SOURCE: Source = Source::new();

#[cached(ttl = "1m")]
async fn answer(request: String) -> Result<String, Infallible> {
    Ok(format!("{request} {}", SOURCE.ask()))
}

#[tokio::test]
async fn a_cached_function_is_a_service() {
    let service = service_fn(answer);
    for _ in 0..2 {
        let response = service.oneshot("a".to_owned()).await;
        assert_eq!(response.as_deref(), Ok("a 1"));
    }
}

#[derive(Clone, Default)]
struct Resolver {
    source: Arc<Source>,
}

impl Resolver {
    #[cached(ttl = "1m", skip(self))]
    async fn resolve(self, host: String) -> Result<u32, String> {
        if host.is_empty() {
            Err("no host".to_owned())
        } else {
            Ok(self.source.ask())
        }
    }
}

impl Service<String> for Resolver {
    type Response = u32;
    type Error = String;
    type Future = Pin<Box<dyn Future<Output = Result<u32, String>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), String>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, host: String) -> Self::Future {
        Box::pin(self.clone().resolve(host))
    }
}

#[tokio::test]
async fn a_service_may_box_a_cached_method() {
    let resolver = Resolver::default();
    assert_eq!(resolver.clone().oneshot("a".to_owned()).await, Ok(1));
    assert_eq!(resolver.clone().oneshot("a".to_owned()).await, Ok(1));
    assert_eq!(
        resolver.clone().oneshot(String::new()).await,
        Err("no host".to_owned())
    );
    assert_eq!(resolver.oneshot("b".to_owned()).await, Ok(2));
}
