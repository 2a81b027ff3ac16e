//! What happens to a cache while a load runs in the background.

use std::sync::Arc;

use cached_attr::{FnCache, cached};
use cached_attr_tests::Gate;
use tokio::time::advance;

use crate::{Fault, Manner, SECOND, Shop, settle};

#[tokio::test(start_paused = true)]
async fn a_cache_that_is_switched_off_meanwhile_stores_nothing() {
    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop, gate))]
    async fn price(shop: Shop, gate: Arc<Gate>) -> Result<u32, Fault> {
        let answer = shop.ask().await;
        gate.pass().await;
        answer
    }

    let shop = Shop::new();
    let opened = Arc::new(Gate::opened());
    assert_eq!(price(shop.clone(), opened.clone()).await, Ok(1));
    advance(60 * SECOND).await;
    let gate = Arc::new(Gate::new());
    assert_eq!(price(shop.clone(), gate.clone()).await, Ok(1));
    gate.arrival().await;
    price_cache().set_enabled(false);
    gate.open();
    settle().await;
    price_cache().set_enabled(true);
    assert_eq!(
        price(shop.clone(), opened.clone()).await,
        Ok(1),
        "still the stale one"
    );
    settle().await;
    assert_eq!(price(shop.clone(), opened).await, Ok(3));
}

#[tokio::test(start_paused = true)]
async fn a_set_ttl_meanwhile_holds_for_the_new_answer() {
    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop, gate))]
    async fn price(shop: Shop, gate: Arc<Gate>) -> Result<u32, Fault> {
        let answer = shop.ask().await;
        gate.pass().await;
        answer
    }

    let shop = Shop::new();
    let opened = Arc::new(Gate::opened());
    assert_eq!(price(shop.clone(), opened.clone()).await, Ok(1));
    advance(60 * SECOND).await;
    let gate = Arc::new(Gate::new());
    assert_eq!(price(shop.clone(), gate.clone()).await, Ok(1));
    gate.arrival().await;
    price_cache().set_ttl(10 * SECOND);
    gate.open();
    settle().await;
    assert_eq!(price(shop.clone(), opened.clone()).await, Ok(2));
    settle().await;
    assert_eq!(shop.asked(), 2);
    advance(10 * SECOND).await;
    assert_eq!(price(shop.clone(), opened.clone()).await, Ok(2));
    settle().await;
    assert_eq!(price(shop.clone(), opened).await, Ok(3));
}

#[tokio::test(start_paused = true)]
async fn a_writer_that_holds_the_key_keeps_the_answer_out() {
    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop, gate))]
    async fn price(shop: Shop, gate: Arc<Gate>) -> Result<u32, Fault> {
        let answer = shop.ask().await;
        gate.pass().await;
        answer
    }

    let shop = Shop::new();
    let opened = Arc::new(Gate::opened());
    assert_eq!(price(shop.clone(), opened.clone()).await, Ok(1));
    advance(60 * SECOND).await;
    let gate = Arc::new(Gate::new());
    assert_eq!(price(shop.clone(), gate.clone()).await, Ok(1));
    gate.arrival().await;
    let write = price_cache().write(()).await;
    assert_eq!(price(shop.clone(), opened.clone()).await, Ok(3));
    gate.open();
    settle().await;
    assert_eq!(price(shop.clone(), opened.clone()).await, Ok(4));
    write.commit().await;
    assert_eq!(price(shop.clone(), opened.clone()).await, Ok(5));
    assert_eq!(price(shop.clone(), opened).await, Ok(5));
}

#[tokio::test(start_paused = true)]
async fn an_insert_and_an_expire_meanwhile_win() {
    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop, gate))]
    async fn price(shop: Shop, gate: Arc<Gate>) -> Result<u32, Fault> {
        let answer = shop.ask().await;
        gate.pass().await;
        answer
    }

    let shop = Shop::new();
    let opened = Arc::new(Gate::opened());
    assert_eq!(price(shop.clone(), opened.clone()).await, Ok(1));
    advance(60 * SECOND).await;
    let gate = Arc::new(Gate::new());
    assert_eq!(price(shop.clone(), gate.clone()).await, Ok(1));
    gate.arrival().await;
    price_cache().insert((), 50).await;
    gate.open();
    settle().await;
    assert_eq!(price(shop.clone(), opened.clone()).await, Ok(50));
    advance(60 * SECOND).await;
    let gate = Arc::new(Gate::new());
    assert_eq!(price(shop.clone(), gate.clone()).await, Ok(50));
    gate.arrival().await;
    price_cache().expire(()).await;
    gate.open();
    settle().await;
    assert_eq!(
        price(shop.clone(), opened.clone()).await,
        Ok(50),
        "the load began before it expired"
    );
    settle().await;
    assert_eq!(price(shop.clone(), opened).await, Ok(4));
}

#[tokio::test(start_paused = true)]
async fn an_entry_that_is_evicted_meanwhile_comes_back_with_its_answer() {
    #[cached(
        ttl = "1m",
        stale_while_revalidate = "1h",
        capacity = 10,
        skip(shop, gate)
    )]
    async fn price(shop: Shop, id: u32, gate: Arc<Gate>) -> Result<u32, Fault> {
        let answer = shop.ask().await;
        gate.pass().await;
        answer.map(|_| id)
    }

    let shop = Shop::new();
    let opened = Arc::new(Gate::opened());
    assert_eq!(price(shop.clone(), 0, opened.clone()).await, Ok(0));
    advance(60 * SECOND).await;
    let gate = Arc::new(Gate::new());
    assert_eq!(price(shop.clone(), 0, gate.clone()).await, Ok(0));
    gate.arrival().await;
    for id in 1..500 {
        assert_eq!(price(shop.clone(), id, opened.clone()).await, Ok(id));
    }
    gate.open();
    settle().await;
    assert!(price_cache().len() <= 74);
    assert_eq!(price(shop.clone(), 0, opened).await, Ok(0));
}

#[tokio::test(start_paused = true)]
async fn keys_that_share_a_hash_are_loaded_each_for_itself() {
    #[derive(Clone, Debug, PartialEq, Eq)]
    struct Same(u32);

    impl std::hash::Hash for Same {
        fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
            0.hash(state);
        }
    }

    #[cached(ttl = "1m", stale_while_revalidate = "1h", skip(shop))]
    async fn price(shop: Shop, id: Same) -> Result<u32, Fault> {
        shop.ask().await.map(|answer| answer + 100 * id.0)
    }

    let shop = Shop::new();
    for id in 1..5 {
        assert_eq!(price(shop.clone(), Same(id)).await, Ok(101 * id));
    }
    advance(60 * SECOND).await;
    shop.slow(SECOND);
    for id in 1..5 {
        assert_eq!(price(shop.clone(), Same(id)).await, Ok(101 * id));
    }
    settle().await;
    price_cache().invalidate(&Same(2)).await;
    tokio::time::sleep(2 * SECOND).await;
    assert_eq!(shop.asked(), 8);
    for id in [1, 3, 4] {
        assert_eq!(price(shop.clone(), Same(id)).await, Ok(101 * id + 4));
    }
    assert_eq!(price_cache().get(&Same(2)).await, None);
}

struct Prices {
    shop: Shop,
    cache: FnCache<u32, u32>,
}

impl Prices {
    #[cached(ttl = "1m", timeout = "1s", cache = self.cache, key = id, skip(self))]
    async fn short(&self, id: u32) -> Result<u32, Fault> {
        self.shop.ask().await.map(|answer| answer + id)
    }

    #[cached(ttl = "1m", timeout = "30s", cache = self.cache, key = id, skip(self))]
    async fn long(&self, id: u32) -> Result<u32, Fault> {
        self.shop.ask().await.map(|answer| answer + id)
    }

    #[cached(ttl = "1m", cache = self.cache, key = id, skip(self))]
    async fn endless(&self, id: u32) -> Result<u32, Fault> {
        self.shop.ask().await.map(|answer| answer + id)
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_a_load_with_a_longer_limit_does_not_end_it() {
    let prices = Arc::new(Prices {
        shop: Shop::new(),
        cache: FnCache::builder().build(),
    });
    prices.shop.slow(10 * SECOND);
    let there = prices.clone();
    let long = tokio::spawn(async move { there.long(100).await });
    settle().await;
    let there = prices.clone();
    let short = tokio::spawn(async move { there.short(100).await });
    assert_eq!(long.await.expect("no panic"), Ok(101));
    assert_eq!(short.await.expect("no panic"), Ok(101));
    assert_eq!(prices.cache.get(100).await, Some(101), "it is stored");
    assert_eq!(prices.shop.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_load_without_a_limit_holds_up_those_who_have_one_no_longer_than_that() {
    let prices = Arc::new(Prices {
        shop: Shop::new(),
        cache: FnCache::builder().build(),
    });
    prices.shop.slow(1_000_000 * SECOND);
    let there = prices.clone();
    let endless = tokio::spawn(async move { there.endless(200).await });
    settle().await;
    prices.shop.becomes(Manner::default());
    let began = tokio::time::Instant::now();
    assert_eq!(prices.short(200).await, Ok(202));
    assert!(began.elapsed() < 2 * SECOND);
    endless.abort();
}
