//! What has expired.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cached_attr::{FnCache, cached};
use cached_attr_tests::Source;
use tokio::time::{advance, sleep};

use crate::{Counted, MINUTE};

/// A cache of answers that are good for a minute.
fn lasting_a_minute() -> (FnCache<u32, Arc<Counted>>, Arc<AtomicUsize>) {
    (FnCache::builder().ttl(MINUTE).build(), Arc::default())
}

#[tokio::test(start_paused = true)]
async fn answers_that_have_ended_are_let_go_and_counted() {
    let (cache, live) = lasting_a_minute();
    for id in 0..5000 {
        cache.insert(id, Counted::new(&live)).await;
    }
    advance(MINUTE + Duration::from_secs(3)).await;
    assert_eq!(live.load(Ordering::SeqCst), 5000, "nobody has come by");
    cache.insert(10_000, Counted::new(&live)).await;
    cache.free_expired();
    assert_eq!((cache.len(), cache.stats().evicted), (1, 5000));
    assert!(live.load(Ordering::SeqCst) <= 4, "{live:?}");
}

#[test]
fn a_test_whose_clock_is_ahead_takes_nothing_from_another_test() {
    let (cache, live) = lasting_a_minute();
    let paused = || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_time().start_paused(true);
        runtime.build().expect("a runtime with a timer only")
    };
    let here = paused();
    here.block_on(async { cache.insert(1, Counted::new(&live)).await });
    paused().block_on(async {
        advance(60 * MINUTE).await;
        for id in 100..1000 {
            cache.insert(id, Counted::new(&live)).await;
        }
    });
    assert!(here.block_on(cache.get(1)).is_some());
}

#[tokio::test(start_paused = true)]
async fn counting_frees_a_bounded_part_of_what_has_ended() {
    let (cache, live) = lasting_a_minute();
    for id in 0..1000 {
        cache.insert(id, Counted::new(&live)).await;
        advance(Duration::from_millis(100)).await;
    }
    cache.free_expired();
    let held = cache.len();
    assert!((600..=625).contains(&held), "{held} are of use");
    advance(MINUTE + Duration::from_secs(3)).await;
    type Look = fn(&FnCache<u32, Arc<Counted>>) -> bool;
    let looks: [Look; 2] = [|cache| cache.len() < 100, FnCache::is_empty];
    for look in looks {
        let before = live.load(Ordering::SeqCst);
        assert!(!look(&cache));
        let freed = before - live.load(Ordering::SeqCst);
        assert!((1..=256).contains(&freed), "a bounded part: {freed}");
    }
    cache.free_expired();
    assert_eq!(cache.len(), 0);
    assert!(live.load(Ordering::SeqCst) <= 4, "{live:?}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_may_stand_in_is_kept_for_as_long() {
    #[cached(ttl = "1m", stale_if_error = "5m", skip(source))]
    async fn price(source: &Source, id: u32) -> Result<u32, String> {
        let _ = id;
        Ok(source.ask())
    }

    let source = Source::new();
    for id in 0..100 {
        price(&source, id).await.expect("the source answers");
    }
    advance(5 * MINUTE).await;
    assert_eq!(price_cache().len(), 100);
    advance(MINUTE + Duration::from_secs(20)).await;
    assert_eq!(price_cache().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_reads_is_let_go_and_what_is_read_stays() {
    let live = Arc::default();
    let cache: FnCache<u32, Arc<Counted>> = FnCache::builder().tti(MINUTE).build();
    for id in 0..100 {
        cache.insert(id, Counted::new(&live)).await;
    }
    for _ in 0..10 {
        advance(MINUTE / 2).await;
        assert!(cache.get(7).await.is_some());
    }
    assert_eq!(cache.len(), 1);
    advance(MINUTE + Duration::from_secs(3)).await;
    assert_eq!(cache.len(), 0);
    assert!(live.load(Ordering::SeqCst) <= 4, "{live:?}");
}

#[tokio::test(start_paused = true)]
async fn set_ttl_moves_the_end_of_what_is_held() {
    let (cache, live) = lasting_a_minute();
    for id in 0..100 {
        cache.insert(id, Counted::new(&live)).await;
    }
    cache.set_ttl(10 * MINUTE);
    advance(9 * MINUTE).await;
    assert_eq!(cache.len(), 100);
    cache.set_ttl(Duration::MAX);
    advance(1_000 * MINUTE).await;
    assert_eq!(cache.len(), 100);
    cache.set_ttl(2000 * MINUTE);
    advance(900 * MINUTE).await;
    assert_eq!(cache.len(), 100);
    cache.set_ttl(MINUTE);
    advance(Duration::from_secs(3)).await;
    assert_eq!(cache.len(), 0);
}

/// Panics when it is dropped, if it is the one.
struct Fragile {
    breaks: bool,
    _counted: Arc<Counted>,
}

impl Drop for Fragile {
    fn drop(&mut self) {
        assert!(!self.breaks, "dropped");
    }
}

#[tokio::test(start_paused = true)]
async fn a_drop_that_panics_keeps_no_other_answer() {
    let live = Arc::default();
    let cache: FnCache<u32, Arc<Fragile>> = FnCache::builder().ttl(MINUTE).build();
    for id in 0..100 {
        let fragile = Fragile {
            breaks: id == 50,
            _counted: Counted::new(&live),
        };
        cache.insert(id, Arc::new(fragile)).await;
    }
    advance(MINUTE + Duration::from_secs(3)).await;
    assert!(catch_unwind(AssertUnwindSafe(|| cache.len())).is_err());
    assert_eq!(cache.len(), 0);
    assert!(live.load(Ordering::SeqCst) <= 4, "{live:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn calls_that_miss_free_what_has_ended_though_nothing_is_stored() {
    #[cached(ttl = "1ms", skip(answer))]
    async fn find(id: u32, answer: Option<Arc<Counted>>) -> Result<Arc<Counted>, ()> {
        let _ = id;
        answer.ok_or(())
    }

    let live = Arc::default();
    for id in 0..500 {
        let found = find(id, Some(Counted::new(&live))).await;
        assert!(found.is_ok());
    }
    // Memory follows the real clock, in steps of a second or two: a paused one frees nothing.
    sleep(Duration::from_secs(3)).await;
    assert_eq!(live.load(Ordering::SeqCst), 500, "nobody has called");
    assert!(find(1000, None).await.is_err());
    let held = live.load(Ordering::SeqCst);
    assert!((400..500).contains(&held), "a bounded share: {held} of 500");
    for id in 0..50 {
        assert!(find(2000 + id, None).await.is_err());
    }
    assert_eq!(live.load(Ordering::SeqCst), 0);
    assert_eq!(find_cache().stats().stored, 500);
}
