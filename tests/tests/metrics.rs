//! `metrics::publish`: the numbers of the caches in a recorder of the `metrics` crate.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

use std::collections::BTreeMap;
use std::time::Duration;

use cached_attr::{FnCache, cached};
use cached_attr_tests::Source;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use tokio::time::advance;

/// Runs `publish` with a recorder; what it then holds of one cache, by name and labels other than the cache's.
fn published(recorder: &DebuggingRecorder, cache: &str) -> BTreeMap<String, DebugValue> {
    metrics::with_local_recorder(recorder, cached_attr::metrics::publish);
    snapshot(&recorder.snapshotter(), cache)
}

fn snapshot(snapshotter: &Snapshotter, cache: &str) -> BTreeMap<String, DebugValue> {
    let mut found = BTreeMap::new();
    for (key, _, _, value) in snapshotter.snapshot().into_vec() {
        let key = key.key();
        let mut name = key.name().to_owned();
        let mut labels = key.labels();
        if !labels.any(|label| label.key() == "cache" && label.value().ends_with(cache)) {
            continue;
        }
        for label in key.labels().filter(|label| label.key() != "cache") {
            name = format!("{name},{}={}", label.key(), label.value());
        }
        found.insert(name, value);
    }
    found
}

#[tokio::test(start_paused = true)]
async fn every_call_is_counted_by_what_its_lookup_came_to() {
    #[cached(ttl = "1m", stale_if_error = "1h", bypass = user == 0, skip(source, user), name = "metrics/outcomes")]
    async fn outcomes(source: &Source, user: u32) -> Result<u32, String> {
        match source.ask_for(Duration::from_millis(3)).await {
            1 => Ok(user),
            _ => Err("down".to_owned()),
        }
    }

    let source = Source::new();
    for _ in 0..5 {
        outcomes(&source, 1).await.expect("it is up, then cached");
    }
    assert!(outcomes(&source, 0).await.is_err());
    advance(Duration::from_secs(60)).await;
    for _ in 0..3 {
        outcomes(&source, 1).await.expect("served stale");
    }
    let found = published(&DebuggingRecorder::new(), "metrics/outcomes");
    let counter = |name: &str, count| {
        let name = format!("cached_attr_{name}");
        assert_eq!(
            found.get(&name),
            Some(&DebugValue::Counter(count)),
            "{name}"
        );
    };
    counter("requests_total,outcome=hit", 4);
    counter("requests_total,outcome=miss", 2);
    counter("requests_total,outcome=stale", 2);
    counter("requests_total,outcome=bypass", 1);
    counter("stale_total,cause=load_error", 1);
    counter("stale_total,cause=retry_after", 2);
    counter("loads_total", 2);
    counter("load_errors_total", 1);
    counter("stores_total,outcome=stored", 1);
    counter("load_duration_seconds_bucket,le=0.0016", 0);
    counter("load_duration_seconds_bucket,le=0.0032", 1);
    counter("load_duration_seconds_bucket,le=+Inf", 1);
    counter("load_duration_seconds_count", 1);
}

#[tokio::test]
async fn publishing_twice_counts_nothing_twice() {
    let cache: FnCache<u32, u32> = FnCache::builder().name("metrics/twice").build();
    cache.insert(1, 1).await;
    let recorder = DebuggingRecorder::new();
    published(&recorder, "metrics/twice");
    cache.insert(2, 2).await;
    cache.invalidate(1).await;
    let found = published(&recorder, "metrics/twice");
    assert_eq!(
        found["cached_attr_stores_total,outcome=stored"],
        DebugValue::Counter(2)
    );
    assert_eq!(
        found["cached_attr_entries"],
        DebugValue::Gauge(1.0.into()),
        "one was invalidated"
    );
    assert_eq!(found["cached_attr_enabled"], DebugValue::Gauge(1.0.into()));
}

#[tokio::test]
async fn caches_of_one_name_are_added_up() {
    let build = || -> FnCache<u32, u32> { FnCache::builder().name("metrics/same").build() };
    let (one, other) = (build(), build());
    one.insert(1, 1).await;
    other.insert(1, 1).await;
    let found = published(&DebuggingRecorder::new(), "metrics/same");
    assert_eq!(found["cached_attr_entries"], DebugValue::Gauge(2.0.into()));
}

#[tokio::test]
async fn no_label_holds_a_key() {
    let cache: FnCache<String, u32> = FnCache::builder().name("metrics/keys").build();
    cache.insert("a secret key".to_owned(), 1).await;
    let names: Vec<_> = published(&DebuggingRecorder::new(), "metrics/keys")
        .into_keys()
        .collect();
    assert!(!names.is_empty());
    assert!(
        names.iter().all(|name| !name.contains("secret")),
        "{names:?}"
    );
}
