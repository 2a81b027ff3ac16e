//! What a load in the background uses is its own.

use std::sync::Arc;

use cached_attr::cached;
use tokio::time::advance;

use crate::{Fault, SECOND, Shop, settle};

#[tokio::test(start_paused = true)]
async fn references_options_patterns_and_values_are_owned() {
    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop))]
    async fn text(
        shop: Arc<Shop>,
        name: &str,
        parts: &[u32],
        maybe: Option<&str>,
        (a, mut b): (u32, String),
        fixed: &'static str,
    ) -> String {
        b.push_str(fixed);
        let answer = shop.ask().await.unwrap_or(0);
        format!("{answer} {name} {parts:?} {maybe:?} {a} {b}")
    }

    let shop = Arc::new(Shop::new());
    let call = || {
        text(
            shop.clone(),
            "n",
            &[1, 2],
            Some("m"),
            (3, "b".to_owned()),
            "f",
        )
    };
    assert_eq!(call().await, "1 n [1, 2] Some(\"m\") 3 bf");
    advance(60 * SECOND).await;
    assert_eq!(call().await, "1 n [1, 2] Some(\"m\") 3 bf");
    settle().await;
    assert_eq!(call().await, "2 n [1, 2] Some(\"m\") 3 bf");
}

#[derive(Clone)]
struct Service {
    shop: Shop,
}

impl Service {
    #[cached(ttl = "1m", stale_while_revalidate = "1h", key = id, skip(self))]
    async fn price(&self, id: u32) -> Result<u32, Fault> {
        let Self { shop } = self;
        let again = || self.shop.ask();
        assert!(matches!(self, Self { .. }));
        shop.ask().await?;
        again().await.map(|answer| answer + id)
    }

    #[cached(ttl = "1m", refresh_ahead = 0.5, skip(self))]
    async fn held(self: Arc<Self>) -> Result<u32, Fault> {
        self.shop.ask().await
    }
}

#[tokio::test(start_paused = true)]
async fn methods_own_self() {
    let service = Service { shop: Shop::new() };
    assert_eq!(service.price(100).await, Ok(102));
    advance(60 * SECOND).await;
    assert_eq!(service.price(100).await, Ok(102));
    settle().await;
    assert_eq!(service.price(100).await, Ok(104));
    let service = Arc::new(service);
    assert_eq!(service.clone().held().await, Ok(5));
    advance(30 * SECOND).await;
    assert_eq!(service.clone().held().await, Ok(5));
    settle().await;
    assert_eq!(service.held().await, Ok(6));
}

#[tokio::test(start_paused = true)]
async fn resources_own_what_they_name() {
    async fn fetch(shop: &Shop, of: &str) -> Result<String, Fault> {
        shop.ask().await.map(|answer| format!("{of}{answer}"))
    }

    #[cached(let url = fetch(shop, &stage).await?, ttl = "1m", stale_while_revalidate = "1h", skip(shop))]
    #[cached(let page = fetch(shop, &url).await?, ttl = "1m", stale_while_revalidate = "1h", skip(shop))]
    async fn handler(shop: &Shop, stage: String) -> Result<String, Fault> {
        Ok(format!("{stage} {url} {page}"))
    }

    let shop = Shop::new();
    let call = || handler(&shop, "s".to_owned());
    assert_eq!(call().await.as_deref(), Ok("s s1 s12"));
    advance(60 * SECOND).await;
    assert_eq!(call().await.as_deref(), Ok("s s1 s12"));
    settle().await;
    assert_eq!(shop.asked(), 4);
}

#[tokio::test(start_paused = true)]
async fn generic_functions_own_values_of_their_type() {
    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop))]
    async fn pair<T>(shop: &Shop, value: T) -> Result<(u32, T), Fault>
    where
        T: Clone + std::hash::Hash + Eq + Send + Sync + 'static,
    {
        Ok((shop.ask().await?, value))
    }

    let shop = Shop::new();
    assert_eq!(pair(&shop, 'a').await, Ok((1, 'a')));
    advance(60 * SECOND).await;
    assert_eq!(pair(&shop, 'a').await, Ok((1, 'a')));
    settle().await;
    assert_eq!(pair(&shop, 'a').await, Ok((2, 'a')));
}
