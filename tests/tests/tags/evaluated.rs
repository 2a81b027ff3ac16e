//! When tags are computed: by a call that may load, and by no other.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

use cached_attr::{CacheControlExt as _, cached, invalidate_tag};
use cached_attr_tests::{Gate, Stepped};

/// Counts how often it is written.
#[derive(Default)]
struct Tenant(AtomicU32);

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fetch_add(1, Ordering::SeqCst);
        f.write_str("acme")
    }
}

impl Tenant {
    fn written(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

#[cached(ttl = "1h", skip(tenant, gate), bypass = id == 0, tags = ["evaluated:{tenant}:{id}"])]
async fn price(tenant: &Tenant, gate: &Gate, id: u32) -> u32 {
    let _ = tenant;
    gate.pass().await;
    id
}

#[tokio::test(start_paused = true)]
async fn a_hit_computes_no_tag_and_a_miss_each_one_once() {
    let (tenant, open) = (Tenant::default(), Gate::opened());
    price(&tenant, &open, 1).await;
    assert_eq!(tenant.written(), 1);
    for _ in 0..10 {
        price(&tenant, &open, 1).await;
    }
    assert_eq!(tenant.written(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_bypasses_the_cache_computes_no_tag() {
    let (tenant, open) = (Tenant::default(), Gate::opened());
    price(&tenant, &open, 0).await;
    price(&tenant, &open, 2).no_store().await;
    assert_eq!(tenant.written(), 0);
}

#[tokio::test(start_paused = true)]
async fn who_takes_over_a_load_has_its_own_tags() {
    #[cached(ttl = "1h", key = id, skip(tenant, gate), tags = ["takes-over:{tenant}"])]
    async fn page(tenant: &str, gate: &Gate, id: u32) -> u32 {
        let _ = tenant;
        gate.pass().await;
        id
    }

    let (gate, open) = (Gate::new(), Gate::opened());
    let leader = Stepped::begin(page("first", &gate, 1)).await;
    let waiter = Stepped::begin(page("second", &open, 1)).await;
    drop(leader);
    assert_eq!(waiter.finish().await, 1);
    assert_eq!(invalidate_tag("takes-over:first").await.removed, 0);
    assert_eq!(invalidate_tag("takes-over:second").await.removed, 1);
}
