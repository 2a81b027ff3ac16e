//! Loads in the background inside of other loads.

use std::pin::Pin;
use std::sync::Arc;

use cached_attr::{CacheControlExt as _, cached, testing::isolated};
use cached_attr_tests::{Gate, Stepped};
use tokio::time::{Instant, advance, timeout};

use crate::{Fault, SECOND, Shop, settle};

#[tokio::test(start_paused = true)]
async fn a_load_takes_the_stale_answer_of_another_and_does_not_wait_for_its_load() {
    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop))]
    async fn inner(shop: &Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    #[cached(ttl = "10s", skip(shop))]
    async fn outer(shop: &Shop) -> Result<u32, Fault> {
        inner(shop).await.map(|answer| answer + 100)
    }

    let shop = Shop::new();
    assert_eq!(outer(&shop).await, Ok(101));
    advance(60 * SECOND).await;
    shop.slow(SECOND);
    let began = Instant::now();
    let (answer, status) = outer(&shop).with_status().await;
    assert_eq!((answer, status.stale), (Ok(101), false));
    assert_eq!(began.elapsed().as_millis(), 0);
    tokio::time::sleep(10 * SECOND).await;
    assert_eq!((outer(&shop).await, shop.asked()), (Ok(102), 2));
}

#[tokio::test(start_paused = true)]
async fn a_load_in_the_background_that_awaits_its_own_key_ends() {
    #[cached(ttl = "1m", stale_while_revalidate = "10s", skip(shop, depth))]
    // One that calls itself says that its future is `Send`: the compiler cannot infer it.
    fn own(shop: Shop, depth: u32) -> Pin<Box<dyn Future<Output = Result<u32, Fault>> + Send>> {
        Box::pin(async move {
            let answer = shop.ask().await;
            if depth > 0 {
                // Past the window by now: it would wait for this very load.
                tokio::time::sleep(20 * SECOND).await;
                own(shop, depth - 1).await?;
            }
            answer
        })
    }

    let shop = Shop::new();
    assert_eq!(own(shop.clone(), 0).await, Ok(1));
    advance(60 * SECOND).await;
    assert_eq!(own(shop.clone(), 2).await, Ok(1));
    tokio::time::sleep(50 * SECOND).await;
    assert_eq!(own_cache().get(()).await, Some(2));
}

#[tokio::test(start_paused = true)]
async fn a_load_that_has_moved_to_the_background_can_wait_for_the_load_around_its_call() {
    // `outer` waits for `inner`, is served the stale answer, and goes on; then `inner` awaits `outer`.
    #[cached(
        ttl = "1m",
        stale_if_error = "1h",
        soft_timeout = "1s",
        timeout = "30s",
        skip(shop, gate)
    )]
    async fn inner(shop: Shop, gate: Arc<Gate>, first: bool) -> Result<u32, Fault> {
        let answer = shop.ask().await;
        gate.pass().await;
        Ok(answer? + outer(shop, gate).await?)
    }

    #[cached(ttl = "1m", handle = false, skip(shop, gate))]
    fn outer(
        shop: Shop,
        gate: Arc<Gate>,
    ) -> Pin<Box<dyn Future<Output = Result<u32, Fault>> + Send>> {
        Box::pin(async move {
            let _ = inner(shop.clone(), gate, true).await;
            tokio::time::sleep(5 * SECOND).await;
            Ok(1000)
        })
    }

    let shop = Shop::new();
    let gate = Arc::new(Gate::new());
    inner_cache().insert(true, 7).await;
    inner_cache().expire(true).await;
    let called = tokio::spawn(outer(shop.clone(), gate.clone()));
    tokio::time::sleep(2 * SECOND).await;
    gate.open();
    let answer = timeout(60 * SECOND, called).await;
    assert_eq!(answer.expect("it ends").expect("no panic"), Ok(1000));
    tokio::time::sleep(10 * SECOND).await;
    assert_eq!(inner_cache().get(true).await, Some(1001));
}

#[tokio::test(start_paused = true)]
async fn what_a_load_in_the_background_calls_uses_the_caches_of_its_test() {
    #[cached(ttl = "10s", skip(shop))]
    async fn inner(shop: &Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop))]
    async fn outer(shop: &Shop) -> Result<u32, Fault> {
        inner(shop).await
    }

    let shop = Shop::new();
    isolated(async {
        assert_eq!(outer(&shop).await, Ok(1));
        advance(60 * SECOND).await;
        assert_eq!(outer(&shop).await, Ok(1));
        settle().await;
        assert_eq!(outer(&shop).await, Ok(2));
        assert_eq!(inner_cache().get(()).await, Some(2));
    })
    .await;
    assert_eq!(inner_cache().get(()).await, None);
    assert_eq!(outer_cache().get(()).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_load_that_moves_to_the_background_keeps_the_caches_of_its_test() {
    #[cached(ttl = "10s", skip(shop))]
    async fn inner(shop: &Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    #[cached(ttl = "1m", stale_if_error = "1h", soft_timeout = "1s", skip(shop))]
    async fn outer(shop: &Shop) -> Result<u32, Fault> {
        inner(shop).await?;
        inner(shop).await
    }

    let shop = Shop::new();
    isolated(async {
        assert_eq!(outer(&shop).await, Ok(1));
        advance(60 * SECOND).await;
        shop.slow(5 * SECOND);
        let (answer, status) = outer(&shop).with_status().await;
        assert_eq!((answer, status.stale), (Ok(1), true));
        tokio::time::sleep(5 * SECOND).await;
        settle().await;
        assert_eq!(outer(&shop).await, Ok(2));
        assert_eq!(inner_cache().get(()).await, Some(2));
    })
    .await;
    assert_eq!(outer_cache().get(()).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_strict_call_around_a_stale_answer_loads() {
    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop))]
    async fn inner(shop: &Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop))]
    async fn outer(shop: &Shop) -> Result<u32, Fault> {
        inner(shop).await
    }

    let shop = Shop::new();
    assert_eq!(outer(&shop).await, Ok(1));
    advance(60 * SECOND).await;
    assert_eq!(outer(&shop).max_age(3600 * SECOND).await, Ok(2));
    assert_eq!((inner(&shop).await, shop.asked()), (Ok(2), 2));
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_is_dropped_at_a_stale_hit_leaves_the_load_running() {
    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop))]
    async fn inner(shop: &Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    #[cached(ttl = "10s", skip(shop))]
    async fn outer(shop: &Shop) -> Result<u32, Fault> {
        let answer = inner(shop).await;
        tokio::time::sleep(SECOND).await;
        answer
    }

    let shop = Shop::new();
    assert_eq!(outer(&shop).await, Ok(1));
    advance(60 * SECOND).await;
    let call = Stepped::begin(outer(&shop)).await;
    drop(call);
    settle().await;
    assert_eq!(inner(&shop).await, Ok(2));
}
