//! I2: a load that panics or fails leaves its key loadable at once.

use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cached_attr::testing::isolated;
use cached_attr::{FnCache, cached};
use cached_attr_tests::{Gate, Source, Stepped};
use futures_util::FutureExt as _;
use tokio::time::{Instant, sleep, timeout};

static FRAGILE: Source = Source::new();

#[cached(ttl = "1m")]
async fn fragile(id: u32) -> u32 {
    let answer = FRAGILE.ask();
    sleep(Duration::from_secs(1)).await;
    assert_ne!(answer, 1, "the first load panics");
    answer + id
}

#[tokio::test(start_paused = true)]
async fn a_load_that_panics_leaves_its_key_loadable_and_its_waiters_load_themselves() {
    let leader = tokio::spawn(fragile(0));
    tokio::task::yield_now().await;
    let waiters: Vec<_> = (0..20).map(|_| tokio::spawn(fragile(0))).collect();
    let began = Instant::now();

    assert!(leader.await.is_err_and(|error| error.is_panic()));
    for waiter in waiters {
        let answer = timeout(Duration::from_secs(60), waiter).await;
        assert_eq!(
            answer.expect("nobody hangs").expect("nobody else panics"),
            2
        );
    }
    assert!(
        began.elapsed() < Duration::from_millis(2100),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(fragile(0).await, 2, "stored");
}

static HOPELESS: Source = Source::new();

#[cached(ttl = "1m")]
async fn hopeless() -> u32 {
    HOPELESS.ask();
    sleep(Duration::from_millis(50)).await;
    panic!("always");
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_in_line_behind_loads_that_panic() {
    let began = Instant::now();
    let calls: Vec<_> = (0..50).map(|_| tokio::spawn(hopeless())).collect();
    for call in calls {
        assert!(call.await.is_err_and(|error| error.is_panic()));
    }
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "{:?}",
        began.elapsed()
    );
    assert!(HOPELESS.asked() <= 50, "{}", HOPELESS.asked());
}

#[cached(ttl = "1m", skip(source, gate))]
async fn often_wrong(source: &Source, gate: &Gate, id: u32) -> Result<u32, String> {
    let answer = source.ask();
    gate.pass().await;
    if answer == 1 {
        Err(format!("no {id}"))
    } else {
        Ok(answer)
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_is_not_stored_and_leaves_the_key_loadable_at_once() {
    let (source, gate) = (Source::new(), Gate::opened());

    assert_eq!(often_wrong(&source, &gate, 1).await, Err("no 1".to_owned()));
    assert_eq!(often_wrong_cache().get(1).await, None);
    assert_eq!(often_wrong(&source, &gate, 1).await, Ok(2));
    assert_eq!(often_wrong(&source, &gate, 1).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn an_error_of_an_overtaken_load_does_not_touch_the_load_after_it() {
    let (source, old_gate, new_gate) = (Source::new(), Gate::new(), Gate::new());
    let old = Stepped::begin(often_wrong(&source, &old_gate, 2)).await;
    often_wrong_cache().invalidate(2).await;
    let new = Stepped::begin(often_wrong(&source, &new_gate, 2)).await;
    old_gate.open();
    assert_eq!(old.finish().await, Err("no 2".to_owned()));
    let joins_the_new = Stepped::begin(often_wrong(&source, &new_gate, 2)).await;
    new_gate.open();

    assert_eq!(new.finish().await, Ok(2));
    assert_eq!(joins_the_new.finish().await, Ok(2));
    assert_eq!(source.asked(), 2);
}

#[cached(ttl = |_| panic!("a closure of the user's"), skip(source))]
async fn wrong_closure(source: &Source) -> u32 {
    source.ask()
}

#[tokio::test]
async fn a_panic_in_a_closure_over_the_value_leaves_the_key_loadable() {
    static SOURCE: Source = Source::new();
    for _ in 0..3 {
        let call = tokio::spawn(wrong_closure(&SOURCE));
        let ended = timeout(Duration::from_secs(60), call)
            .await
            .expect("no call hangs");
        assert!(ended.is_err_and(|error| error.is_panic()));
    }
    assert_eq!(SOURCE.asked(), 3);
}

static EQ_PANICS: AtomicBool = AtomicBool::new(false);

/// A key whose comparison panics while a test says so.
#[derive(Clone, Debug, Eq)]
struct Fussy(u32);

impl PartialEq for Fussy {
    fn eq(&self, other: &Self) -> bool {
        assert!(!EQ_PANICS.load(Ordering::SeqCst), "compared");
        self.0 == other.0
    }
}

impl Hash for Fussy {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[tokio::test]
async fn a_comparison_that_panics_while_a_guard_ends_leaves_no_hold_behind() {
    let cache: FnCache<Fussy, u32> = FnCache::builder().build();
    let guard = cache.write(&Fussy(1)).await;
    let _other = cache.write(&Fussy(2)).await;
    EQ_PANICS.store(true, Ordering::SeqCst);
    let _ = catch_unwind(AssertUnwindSafe(|| drop(guard)));
    EQ_PANICS.store(false, Ordering::SeqCst);

    cache.insert(Fussy(1), 7).await;
    assert_eq!(cache.get(&Fussy(1)).await, Some(7));
}

/// Panics when its last copy is dropped, if it is the one.
#[derive(Debug)]
struct BreaksWhenDropped(bool);

impl Drop for BreaksWhenDropped {
    fn drop(&mut self) {
        assert!(!self.0, "dropped");
    }
}

#[tokio::test]
async fn a_drop_that_panics_in_one_cache_keeps_no_answer_of_another() {
    type Cache = FnCache<u32, Arc<BreaksWhenDropped>>;
    let caches: [Cache; 3] = std::array::from_fn(|_| FnCache::builder().build());
    isolated(async {
        for (number, cache) in caches.iter().enumerate() {
            cache
                .insert(1, Arc::new(BreaksWhenDropped(number == 1)))
                .await;
        }
        let invalidated = AssertUnwindSafe(cached_attr::invalidate_all())
            .catch_unwind()
            .await;
        assert!(invalidated.is_err());
        for cache in &caches {
            assert_eq!(cache.len(), 0);
        }
    })
    .await;
}
