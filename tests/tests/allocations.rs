//! What a hit costs: no allocation, one clone of the value.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use cached_attr::{FnCache, cached};
use cached_attr_tests::record_log;

/// The answer of a call that is ready at once.
fn ready<T>(call: impl Future<Output = T>) -> T {
    match pin!(call).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("nothing here waits"),
    }
}

/// How many allocations a thousand calls make after the first.
fn allocations<T>(mut call: impl FnMut() -> T) -> u64 {
    call();
    measure(|| {
        for _ in 0..1000 {
            drop(call());
        }
    })
    .count_total
}

struct Db;

#[cached(ttl = "1m", skip(db))]
async fn script(db: &Db, name: &str, id: u32) -> Result<Arc<str>, String> {
    let _ = db;
    Ok(format!("{name} {id}").into())
}

#[test]
fn a_hit_with_text_and_numbers_allocates_nothing() {
    assert_eq!(allocations(|| ready(script(&Db, "LOQ", 7))), 0);
    assert!(script_cache().stats().hits >= 1000);
}

#[cached(ttl = "1m", skip(tenant), tags = ["all", "tenant:{tenant}:{id}"])]
async fn tagged(tenant: &str, id: u32) -> u32 {
    let _ = tenant;
    id
}

#[test]
fn a_hit_of_a_function_with_tags_allocates_nothing() {
    assert_eq!(allocations(|| ready(tagged("acme", 7))), 0);
}

#[cached(ttl = "1m")]
async fn optional(name: Option<&str>, ids: &[u32], flag: bool) -> u64 {
    name.map_or(0, str::len) as u64 + ids.len() as u64 + u64::from(flag)
}

#[test]
fn a_hit_with_options_and_slices_allocates_nothing() {
    assert_eq!(
        allocations(|| ready(optional(Some("LOQ"), &[1, 2, 3], true))),
        0
    );
}

#[cached(ttl = "1m")]
async fn constant() -> u32 {
    1
}

#[test]
fn a_hit_without_arguments_allocates_nothing() {
    assert_eq!(allocations(|| ready(constant())), 0);
}

#[test]
fn a_hit_under_a_subscriber_for_the_level_info_allocates_nothing() {
    let (logged, _guard) = record_log();
    assert_eq!(allocations(|| ready(constant())), 0);
    assert!(logged.lines().is_empty());
}

struct Desk {
    quotes: FnCache<(String, u32), u32>,
}

impl Desk {
    #[cached(ttl = "1m", cache = self.quotes, skip(self))]
    async fn quote(&self, name: &str, id: u32) -> u32 {
        let _ = name;
        id
    }
}

#[test]
fn a_hit_of_a_method_with_a_cache_in_a_field_allocates_nothing() {
    let desk = Desk {
        quotes: FnCache::builder().build(),
    };
    assert_eq!(allocations(|| ready(desk.quote("LOQ", 7))), 0);
}

#[cached(ttl = "1m", key = (tenant, id), bypass = tenant.is_empty(), skip(noise))]
async fn selected(tenant: &str, id: u64, noise: f64) -> u64 {
    let _ = (tenant, noise);
    id
}

#[test]
fn a_hit_by_selected_arguments_with_a_bypass_allocates_nothing() {
    assert_eq!(allocations(|| ready(selected("acme", 7, 0.5))), 0);
}

#[test]
fn get_allocates_nothing() {
    ready(script(&Db, "GET", 1)).expect("it never fails");
    assert_eq!(allocations(|| ready(script_cache().get(("GET", 1)))), 0);
}

/// Counts how often it is cloned.
struct Counted(Arc<AtomicU32>);

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.0.fetch_add(1, Ordering::Relaxed);
        Counted(Arc::clone(&self.0))
    }
}

#[cached(ttl = "1m", skip(clones))]
async fn counted(clones: &Arc<AtomicU32>) -> Counted {
    Counted(Arc::clone(clones))
}

#[test]
fn a_hit_clones_the_value_once_and_a_load_does_too() {
    let clones = Arc::new(AtomicU32::new(0));
    ready(counted(&clones));
    assert_eq!(
        clones.load(Ordering::Relaxed),
        1,
        "one for the cache, one for the caller"
    );
    for hits in 1..=10 {
        ready(counted(&clones));
        assert_eq!(clones.load(Ordering::Relaxed), 1 + hits);
    }
}

#[cached(ttl = "1m")]
async fn shared() -> Arc<[u8]> {
    Arc::from([0; 1000])
}

#[test]
fn callers_share_one_arc() {
    let (one, other) = (ready(shared()), ready(shared()));
    assert!(Arc::ptr_eq(&one, &other));
    assert_eq!(Arc::strong_count(&one), 3, "two callers and the cache");
}
