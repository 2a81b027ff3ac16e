//! What was replaced, invalidated or evicted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cached_attr::FnCache;

use crate::Counted;

/// A cache, and how many values of it live.
fn counted() -> (FnCache<u32, Arc<Counted>>, Arc<AtomicUsize>) {
    (FnCache::builder().capacity(100).build(), Arc::default())
}

#[tokio::test]
async fn answers_that_were_replaced_are_let_go() {
    let (cache, live) = counted();
    for _ in 0..1000 {
        cache.insert(1, Counted::new(&live)).await;
    }
    assert_eq!(cache.len(), 1);
    assert!(live.load(Ordering::SeqCst) <= 4, "{live:?}");
}

#[tokio::test]
async fn answers_that_were_invalidated_are_let_go() {
    let (cache, live) = counted();
    for id in 0..1000 {
        cache.insert(id % 50, Counted::new(&live)).await;
        cache.invalidate(id % 50).await;
    }
    assert_eq!(cache.len(), 0);
    assert!(live.load(Ordering::SeqCst) <= 4, "{live:?}");
    for id in 0..50 {
        cache.insert(id, Counted::new(&live)).await;
    }
    cache.invalidate_all().await;
    assert_eq!(cache.len(), 0);
    assert!(live.load(Ordering::SeqCst) <= 4, "{live:?}");
}

#[tokio::test]
async fn the_bound_on_entries_is_a_bound_on_values() {
    let (cache, live) = counted();
    for id in 0..20_000 {
        cache.insert(id, Counted::new(&live)).await;
        assert!(live.load(Ordering::SeqCst) <= 100 + 128, "{live:?} at {id}");
    }
}

#[tokio::test]
async fn a_cache_that_is_gone_holds_nothing() {
    let (cache, live) = counted();
    for id in 0..200 {
        cache.insert(id, Counted::new(&live)).await;
    }
    drop(cache);
    assert_eq!(live.load(Ordering::SeqCst), 0);
}
