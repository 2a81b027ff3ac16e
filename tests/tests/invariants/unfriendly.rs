//! I2 where the user's own code misbehaves, or uses the cache from inside.

use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cached_attr::{CacheControlExt as _, cached};
use cached_attr_tests::{Gate, Source};
use tokio::time::timeout;

/// With time paused, whoever waits for nothing that moves reaches this at once.
async fn in_time<T>(future: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(3600), future)
        .await
        .expect("nobody hangs")
}

/// A value whose clone panics when it is told to.
#[derive(Debug, PartialEq)]
struct Fragile(u32);

static BREAK: AtomicBool = AtomicBool::new(false);

impl Clone for Fragile {
    fn clone(&self) -> Self {
        assert!(
            !BREAK.load(Ordering::SeqCst),
            "this value cannot be cloned now"
        );
        Fragile(self.0)
    }
}

static FRAGILE: Source = Source::new();

#[cached(ttl = "1m")]
async fn fragile() -> Fragile {
    Fragile(FRAGILE.ask())
}

#[tokio::test(start_paused = true)]
async fn a_clone_that_panics_in_a_load_or_a_hit_leaves_the_key_usable() {
    BREAK.store(true, Ordering::SeqCst);
    assert!(tokio::spawn(fragile()).await.is_err());
    BREAK.store(false, Ordering::SeqCst);
    assert_eq!(in_time(fragile()).await, Fragile(2));
    BREAK.store(true, Ordering::SeqCst);
    assert!(tokio::spawn(fragile()).await.is_err());
    BREAK.store(false, Ordering::SeqCst);
    assert_eq!(in_time(fragile()).await, Fragile(2));
    fragile_cache().invalidate(()).await;
    assert_eq!(in_time(fragile()).await, Fragile(3));
}

/// A key that panics when it is compared, as long as it is told to.
#[derive(Clone, Debug, Eq)]
struct Touchy(u32);

static TOUCHED: AtomicBool = AtomicBool::new(false);

impl PartialEq for Touchy {
    fn eq(&self, other: &Self) -> bool {
        assert!(
            !TOUCHED.load(Ordering::SeqCst),
            "this key cannot be compared now"
        );
        self.0 == other.0
    }
}

impl Hash for Touchy {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[tokio::test(start_paused = true)]
async fn a_comparison_that_panics_leaves_the_cache_usable() {
    #[cached(ttl = "1m")]
    async fn touchy(key: Touchy) -> u32 {
        key.0
    }

    assert_eq!(touchy(Touchy(1)).await, 1);
    TOUCHED.store(true, Ordering::SeqCst);
    assert!(tokio::spawn(touchy(Touchy(1))).await.is_err());
    assert!(
        tokio::spawn(async { touchy_cache().invalidate(&Touchy(1)).await })
            .await
            .is_err()
    );
    TOUCHED.store(false, Ordering::SeqCst);
    touchy_cache().invalidate(&Touchy(1)).await;
    assert_eq!(in_time(touchy(Touchy(1))).await, 1);
    assert_eq!(touchy_cache().stats().loads, 2);
}

#[tokio::test(start_paused = true)]
async fn a_load_may_invalidate_and_call_its_own_key() {
    static SOURCE: Source = Source::new();

    #[cached(ttl = "1m")]
    async fn own() -> u32 {
        let load = SOURCE.ask();
        own_cache().invalidate(()).await;
        if load < 4 {
            Box::pin(own()).await + 1
        } else {
            10
        }
    }

    assert_eq!(in_time(own()).await, 13);
    assert_eq!(
        own_cache().get(()).await,
        None,
        "each was invalidated while it was loaded"
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_load_inserts_under_its_own_key_stays() {
    #[cached(ttl = "1m")]
    async fn own() -> u32 {
        own_cache().insert((), 77).await;
        1
    }

    assert_eq!((own().await, own().await), (1, 77));
}

#[tokio::test(start_paused = true)]
async fn strict_loads_that_await_their_own_keys_end() {
    static SOURCES: [Source; 3] = [const { Source::new() }; 3];

    #[cached(ttl = "1m")]
    async fn ring(id: usize) -> usize {
        tokio::task::yield_now().await;
        if SOURCES[id].ask() > 3 {
            0
        } else {
            Box::pin(ring((id + 1) % 3)).await + 1
        }
    }

    let rings = async {
        tokio::join!(
            ring(0).no_cache(),
            ring(1).max_age(Duration::ZERO),
            ring(2),
            ring(0)
        )
    };
    in_time(rings).await;
    let own = async { tokio::join!(ring(1).no_cache(), ring(1).no_cache()) };
    in_time(own).await;
}

#[test]
fn when_the_leaders_runtime_is_shut_down_a_waiter_elsewhere_takes_over() {
    static SOURCE: Source = Source::new();
    static FIRST: Gate = Gate::new();
    static LATER: Gate = Gate::new();

    #[cached(ttl = "1m")]
    async fn load() -> u32 {
        let load = SOURCE.ask();
        if load == 1 {
            FIRST.pass().await;
        } else {
            LATER.pass().await;
        }
        load
    }

    let runtime = || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        runtime.expect("a runtime")
    };
    let (here, there) = (runtime(), runtime());
    drop(there.spawn(load()));
    here.block_on(FIRST.arrival());
    let waiter = here.spawn(load());
    there.shutdown_background();
    LATER.open();
    let answer = here.block_on(async { timeout(Duration::from_secs(30), waiter).await });
    assert_eq!(answer.expect("it does not hang").ok(), Some(2));
}
