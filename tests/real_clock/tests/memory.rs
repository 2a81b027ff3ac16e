//! What has ended leaves memory on the real clock, in either kind of runtime.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cached_attr::FnCache;
use tokio::time::sleep;

/// Counts how many of its kind there are.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(alive: &Arc<AtomicUsize>) -> Arc<Self> {
        alive.fetch_add(1, Ordering::SeqCst);
        Arc::new(Counted(Arc::clone(alive)))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

const ENTRIES: u32 = 10_000;

type Cache = FnCache<u32, Arc<Counted>>;

async fn full_of_ended() -> (Cache, Arc<AtomicUsize>) {
    let alive = Arc::default();
    let cache = FnCache::builder().ttl(Duration::from_millis(200)).build();
    for id in 0..ENTRIES {
        cache.insert(id, Counted::new(&alive)).await;
    }
    // A deadline is looked at up to two seconds late.
    sleep(Duration::from_millis(3_300)).await;
    (cache, alive)
}

fn held(alive: &AtomicUsize) -> usize {
    alive.load(Ordering::SeqCst)
}

async fn stores_free_what_has_ended() {
    let (cache, alive) = full_of_ended().await;
    for id in 0..1000 {
        cache.insert(ENTRIES + id, Counted::new(&alive)).await;
    }
    assert!(held(&alive) <= 1100, "{} are held", held(&alive));
}

#[tokio::test]
async fn stores_free_what_has_ended_in_a_current_thread_runtime() {
    stores_free_what_has_ended().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stores_free_what_has_ended_in_a_multi_thread_runtime() {
    stores_free_what_has_ended().await;
}

#[cached_attr::cached(ttl = "200ms", cache = cache, skip(cache, alive), store_if = |_| false)]
async fn never_stored(cache: &Cache, alive: &Arc<AtomicUsize>, id: u32) -> Arc<Counted> {
    let _ = id;
    Counted::new(alive)
}

#[tokio::test]
async fn misses_free_what_has_ended_though_nothing_is_stored() {
    let (cache, alive) = full_of_ended().await;
    for id in 0..1000 {
        never_stored(&cache, &alive, ENTRIES + id).await;
    }
    assert!(held(&alive) <= 100, "{} are held", held(&alive));
}

#[tokio::test]
async fn a_cache_that_is_not_called_is_freed_by_request() {
    let (cache, alive) = full_of_ended().await;
    assert!(held(&alive) > 9_000, "nobody has called");
    let counted = cache.len();
    assert!(counted > 9_000, "counting frees a bounded part: {counted}");
    cache.free_expired();
    assert_eq!((cache.len(), held(&alive)), (0, 0));
}
