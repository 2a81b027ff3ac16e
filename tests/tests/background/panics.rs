//! Panics and drops in the background: the key is free, and the room of the load is given back.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use cached_attr::cached;
use cached_attr_tests::Gate;
use futures_util::FutureExt as _;
use tokio::time::advance;

use crate::{Fault, MILLISECOND, Manner, SECOND, Shop, settle};

/// Whether a call panics.
async fn panics<T>(call: impl Future<Output = T>) -> bool {
    std::panic::AssertUnwindSafe(call)
        .catch_unwind()
        .await
        .is_err()
}

/// Panics when it is cloned at certain times.
#[derive(Debug, Default)]
struct Brittle {
    number: u32,
    breaks: Option<Arc<AtomicBool>>,
}

impl Clone for Brittle {
    fn clone(&self) -> Self {
        let breaks = self.breaks.as_ref();
        assert!(
            !breaks.is_some_and(|breaks| breaks.load(Ordering::Relaxed)),
            "a clone panics"
        );
        Brittle {
            number: self.number,
            breaks: self.breaks.clone(),
        }
    }
}

impl PartialEq for Brittle {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Brittle {}

impl std::hash::Hash for Brittle {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_whose_clone_panics_costs_one_call_and_no_room() {
    #[cached(
        ttl = "1m",
        stale_while_revalidate = "1h",
        max_background = 1,
        skip(shop)
    )]
    async fn price(shop: Shop, key: &Brittle) -> Result<u32, Fault> {
        shop.ask().await.map(|answer| answer + key.number)
    }

    let breaks = Arc::new(AtomicBool::new(false));
    let key = Brittle {
        number: 100,
        breaks: Some(breaks.clone()),
    };
    let shop = Shop::new();
    assert_eq!(price(shop.clone(), &key).await, Ok(101));
    advance(60 * SECOND).await;
    breaks.store(true, Ordering::Relaxed);
    for _ in 0..3 {
        assert!(panics(price(shop.clone(), &key)).await);
        settle().await;
    }
    breaks.store(false, Ordering::Relaxed);
    assert_eq!(price(shop.clone(), &key).await, Ok(101));
    settle().await;
    assert_eq!(price(shop.clone(), &key).await, Ok(102));
    assert_eq!(price_cache().stats().refreshes_skipped, 0);
}

#[tokio::test(start_paused = true)]
async fn an_argument_whose_clone_panics_costs_one_call_and_no_room() {
    #[cached(
        ttl = "1m",
        stale_while_revalidate = "1h",
        max_background = 1,
        skip(shop, with)
    )]
    async fn price(shop: Shop, with: &Brittle) -> Result<u32, Fault> {
        shop.ask().await.map(|answer| answer + with.number)
    }

    let breaks = Arc::new(AtomicBool::new(false));
    let with = Brittle {
        number: 100,
        breaks: Some(breaks.clone()),
    };
    let shop = Shop::new();
    assert_eq!(price(shop.clone(), &with).await, Ok(101));
    advance(60 * SECOND).await;
    breaks.store(true, Ordering::Relaxed);
    for _ in 0..3 {
        assert!(panics(price(shop.clone(), &with)).await);
        settle().await;
    }
    breaks.store(false, Ordering::Relaxed);
    assert_eq!(price(shop.clone(), &with).await, Ok(101));
    settle().await;
    assert_eq!(price(shop.clone(), &with).await, Ok(102));
    assert_eq!(price_cache().stats().refreshes_skipped, 0);
}

#[tokio::test(start_paused = true)]
async fn a_value_whose_clone_panics_in_the_background_is_not_loaded_again_at_once() {
    #[cached(
        ttl = "1m",
        stale_while_revalidate = "1h",
        retry_after = "5s",
        max_background = 1,
        skip(shop, breaks)
    )]
    async fn price(shop: Shop, breaks: Option<Arc<AtomicBool>>) -> Result<Brittle, Fault> {
        let number = shop.ask().await?;
        Ok(Brittle { number, breaks })
    }

    let shop = Shop::new();
    assert_eq!(price(shop.clone(), None).await.unwrap().number, 1);
    advance(60 * SECOND).await;
    let breaks = Some(Arc::new(AtomicBool::new(true)));
    for _ in 0..100 {
        assert_eq!(price(shop.clone(), breaks.clone()).await.unwrap().number, 1);
        settle().await;
    }
    assert_eq!(shop.asked(), 2);
    advance(5 * SECOND).await;
    assert_eq!(price(shop.clone(), None).await.unwrap().number, 1);
    settle().await;
    assert_eq!(price(shop.clone(), None).await.unwrap().number, 3);
    assert_eq!(price_cache().stats().refreshes_skipped, 0);
}

#[tokio::test(start_paused = true)]
async fn a_value_whose_clone_panics_when_it_is_served_begins_no_load() {
    #[cached(
        ttl = "1m",
        stale_while_revalidate = "1h",
        max_background = 1,
        skip(shop, breaks)
    )]
    async fn price(shop: Shop, breaks: Option<Arc<AtomicBool>>) -> Result<Brittle, Fault> {
        let number = shop.ask().await?;
        Ok(Brittle { number, breaks })
    }

    let shop = Shop::new();
    let breaks = Arc::new(AtomicBool::new(false));
    let with = Some(breaks.clone());
    assert_eq!(price(shop.clone(), with).await.unwrap().number, 1);
    advance(60 * SECOND).await;
    breaks.store(true, Ordering::Relaxed);
    assert!(panics(price(shop.clone(), None)).await);
    settle().await;
    assert_eq!(shop.asked(), 1);
    breaks.store(false, Ordering::Relaxed);
    assert_eq!(price(shop.clone(), None).await.unwrap().number, 1);
    settle().await;
    assert_eq!(price(shop.clone(), None).await.unwrap().number, 2);
}

#[tokio::test(start_paused = true)]
async fn closures_that_panic_in_the_background_pause_the_source_too() {
    static PANICS: AtomicBool = AtomicBool::new(false);

    #[cached(
        ttl = |_value| { assert!(!PANICS.load(Ordering::Relaxed), "the ttl panics"); 60 * SECOND },
        stale_while_revalidate = "1h",
        stale_if_error_when = |_err| !PANICS.load(Ordering::Relaxed) || panic!("the judge panics"),
        retry_after = "5s",
        max_background = 1,
        skip(shop)
    )]
    async fn price(shop: Shop) -> Result<u32, Fault> {
        shop.ask().await
    }

    let shop = Shop::new();
    assert_eq!(price(shop.clone()).await, Ok(1));
    PANICS.store(true, Ordering::Relaxed);
    for fails in [false, true] {
        advance(60 * SECOND).await;
        shop.becomes(Manner {
            fails,
            ..Manner::default()
        });
        let before = shop.asked();
        for _ in 0..100 {
            assert_eq!(price(shop.clone()).await, Ok(1));
            settle().await;
        }
        assert_eq!(shop.asked(), before + 1);
    }
    PANICS.store(false, Ordering::Relaxed);
    shop.becomes(Manner::default());
    advance(5 * SECOND).await;
    assert_eq!(price(shop.clone()).await, Ok(1));
    settle().await;
    assert_eq!(price(shop.clone()).await, Ok(4));
    assert_eq!(price_cache().stats().refreshes_skipped, 0);
}

/// Panics when it is dropped, if told to.
struct Bomb(Arc<AtomicBool>);

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(!self.0.load(Ordering::Relaxed), "a drop panics");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_whose_drop_panics_leaves_its_key_and_its_room_free() {
    #[cached(
        ttl = "1m",
        stale_while_revalidate = "1h",
        timeout = "2s",
        max_background = 1,
        skip(shop, armed)
    )]
    async fn price(shop: Shop, armed: Arc<AtomicBool>) -> Result<u32, Fault> {
        let _bomb = Bomb(armed);
        shop.ask().await
    }

    let shop = Shop::new();
    let armed = Arc::new(AtomicBool::new(false));
    assert_eq!(price(shop.clone(), armed.clone()).await, Ok(1));
    // Dropped by the timeout, in the background and in a call.
    advance(60 * SECOND).await;
    shop.slow(1_000 * SECOND);
    armed.store(true, Ordering::Relaxed);
    assert_eq!(price(shop.clone(), armed.clone()).await, Ok(1));
    tokio::time::sleep(3 * SECOND).await;
    price_cache().invalidate(()).await;
    assert!(panics(price(shop.clone(), armed.clone())).await);
    armed.store(false, Ordering::Relaxed);
    shop.becomes(Manner::default());
    assert_eq!(price(shop.clone(), armed.clone()).await, Ok(4));
    advance(60 * SECOND).await;
    assert_eq!(price(shop.clone(), armed.clone()).await, Ok(4));
    settle().await;
    assert_eq!(price(shop.clone(), armed.clone()).await, Ok(5));
    assert_eq!(price_cache().stats().refreshes_skipped, 0);
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_soft_timeout_finds_a_clone_that_panics_frees_the_key() {
    #[cached(
        ttl = "1m",
        stale_if_error = "1h",
        soft_timeout = "200ms",
        max_background = 1,
        skip(shop, breaks)
    )]
    async fn price(shop: Shop, breaks: Option<Arc<AtomicBool>>) -> Result<Brittle, Fault> {
        let number = shop.ask().await?;
        Ok(Brittle { number, breaks })
    }

    let shop = Shop::new();
    let breaks = Arc::new(AtomicBool::new(false));
    let with = Some(breaks.clone());
    assert_eq!(price(shop.clone(), with).await.unwrap().number, 1);
    advance(60 * SECOND).await;
    breaks.store(true, Ordering::Relaxed);
    shop.slow(10 * SECOND);
    assert!(panics(price(shop.clone(), None)).await);
    breaks.store(false, Ordering::Relaxed);
    // Moves to the background: its room is free.
    assert_eq!(price(shop.clone(), None).await.unwrap().number, 1);
    tokio::time::sleep(11 * SECOND).await;
    assert_eq!(price(shop.clone(), None).await.unwrap().number, 3);
    assert_eq!(price_cache().stats().refreshes_skipped, 0);
}

#[tokio::test(start_paused = true)]
async fn nothing_of_a_load_is_kept_after_it_has_ended() {
    static HELD: Mutex<Vec<std::sync::Weak<AtomicU32>>> = Mutex::new(Vec::new());

    #[cached(
        ttl = "1m",
        stale_while_revalidate = "1h",
        stale_if_error = "1h",
        soft_timeout = "200ms",
        timeout = "2s",
        retry_after = 0,
        skip(shop, held)
    )]
    async fn price(shop: Shop, held: Arc<AtomicU32>) -> Result<u32, Fault> {
        let answer = shop.ask().await;
        drop(held);
        answer
    }

    let shop = Shop::new();
    let call = async |shop: &Shop| {
        let held = Arc::new(AtomicU32::new(0));
        HELD.lock().unwrap().push(Arc::downgrade(&held));
        price(shop.clone(), held).await
    };
    assert_eq!(call(&shop).await, Ok(1));
    for manner in [
        Manner::default(),
        Manner {
            takes: SECOND,
            ..Manner::default()
        },
        Manner {
            takes: 10 * SECOND,
            ..Manner::default()
        },
        Manner {
            fails: true,
            ..Manner::default()
        },
        Manner {
            takes: SECOND,
            panics: true,
            ..Manner::default()
        },
    ] {
        shop.becomes(manner);
        advance(60 * SECOND).await;
        assert!(call(&shop).await.is_ok());
        tokio::time::sleep(20 * SECOND).await;
        settle().await;
    }
    let held = HELD.lock().unwrap();
    assert_eq!(held.len(), 6);
    assert!(held.iter().all(|held| held.strong_count() == 0));
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_has_been_superseded_gives_its_room_back() {
    #[cached(
        ttl = "1m",
        stale_while_revalidate = "1h",
        max_background = 1,
        skip(shop, gate)
    )]
    async fn price(shop: Shop, gate: Arc<Gate>) -> Result<u32, Fault> {
        let answer = shop.ask().await;
        gate.pass().await;
        answer
    }

    let shop = Shop::new();
    let opened = Arc::new(Gate::opened());
    assert_eq!(price(shop.clone(), opened.clone()).await, Ok(1));
    for round in 0..5 {
        advance(60 * SECOND).await;
        let gate = Arc::new(Gate::new());
        assert!(price(shop.clone(), gate.clone()).await.is_ok());
        gate.arrival().await;
        price_cache().invalidate(()).await;
        assert_eq!(price(shop.clone(), opened.clone()).await, Ok(3 + 2 * round));
        gate.open();
        settle().await;
        advance(MILLISECOND).await;
    }
    assert_eq!(price_cache().stats().refreshes_skipped, 0);
}
