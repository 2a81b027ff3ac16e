//! `handles`: caches whose types are not known.

use std::collections::BTreeSet;
use std::time::Duration;

use cached_attr::{CacheHandle, FnCache, cached, caches, handles};
use cached_attr_tests::{Gate, Source, Stepped};
use tokio::time::advance;

const MINUTE: Duration = Duration::from_secs(60);

fn handle(name: &str) -> CacheHandle {
    let mut handles = handles().into_iter();
    let found = handles.find(|cache| cache.info().name.ends_with(name));
    found.expect("it is linked into this program")
}

fn settings(name: &str) -> Vec<String> {
    let settings = handle(name).info().settings;
    settings.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn the_settings_of_a_function_are_known_from_its_first_call() {
    #[cached(
        ttl = "1m", negative_ttl = "1s", stale_if_error = "1h 30m", tti = "10m", jitter = "10%", capacity = 500,
        store_if = |n: &Option<u32>| *n != Some(7), name = "administration/full"
    )]
    async fn full(id: u32) -> Result<Option<u32>, String> {
        Ok(Some(id))
    }

    let before = handle("administration/full").info();
    assert_eq!((before.settings.len(), before.capacity), (0, None));
    full(1).await.expect("it returns Ok");
    assert_eq!(
        settings("administration/full"),
        [
            "store_if = closure",
            "negative_ttl = 1s",
            "stale_if_error = 1h 30m",
            "retry_after = 1s",
            "capacity = 500",
            "tti = 10m",
            "jitter = 10%",
        ]
    );
    assert_eq!(handle("administration/full").info().capacity, Some(500));
}

#[tokio::test]
async fn a_function_without_a_key_holds_one_entry_and_one_over_anothers_cache_none() {
    #[cached(ttl = "1m", name = "administration/single")]
    async fn single() -> u32 {
        1
    }

    #[cached(ttl = "1m", cache = cache, skip(cache), name = "administration/borrowing")]
    async fn borrowing(cache: &FnCache<u32, u32>, id: u32) -> u32 {
        id
    }

    single().await;
    borrowing(&FnCache::builder().build(), 1).await;
    assert_eq!(handle("administration/single").info().capacity, Some(1));
    assert_eq!(handle("administration/borrowing").info().capacity, None);
    assert_eq!(settings("administration/borrowing"), ["cache = another's"]);
}

#[tokio::test]
async fn every_cache_has_an_id_of_its_own_that_stays() {
    let build = || -> FnCache<u32, u32> { FnCache::builder().name("administration/twins").build() };
    let _both = (build(), build());
    let ids = || -> Vec<String> {
        let twins = caches()
            .into_iter()
            .filter(|it| it.name == "administration/twins");
        twins.map(|cache| cache.id).collect()
    };
    assert_eq!(ids().iter().collect::<BTreeSet<_>>().len(), 2);
    assert_eq!(ids(), ids());
}

#[tokio::test(start_paused = true)]
async fn a_census_says_what_the_entries_are_good_for() {
    #[cached(ttl = "1m", stale_if_error = "1m", name = "administration/census")]
    async fn counted(id: u32) -> Result<u32, String> {
        Ok(id)
    }

    let census = || {
        let census = handle("administration/census").census();
        (census.fresh, census.stale, census.ended)
    };
    for id in 0..3 {
        counted(id).await.expect("it returns Ok");
        advance(MINUTE / 2).await;
    }
    // They are 90, 60 and 30 seconds old.
    assert_eq!(census(), (1, 2, 0));
    advance(MINUTE / 2).await;
    assert_eq!(census(), (0, 2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_handle_clears_expires_and_switches_off() {
    #[cached(
        ttl = "1m",
        stale_if_error = "1h",
        skip(source),
        name = "administration/controlled"
    )]
    async fn controlled(source: &Source, id: u32) -> Result<u32, String> {
        let _ = id;
        match source.ask() {
            3.. => Err("down".to_owned()),
            answer => Ok(answer),
        }
    }

    let source = Source::new();
    let control = handle("administration/controlled");
    assert_eq!(controlled(&source, 1).await, Ok(1));
    assert_eq!(control.invalidate_all().await.removed, 1);
    assert_eq!(controlled(&source, 1).await, Ok(2));
    control.expire_all().await;
    assert_eq!(controlled(&source, 1).await, Ok(2), "the stale value");
    assert_eq!(source.asked(), 3, "it was loaded, and the load failed");
    control.set_enabled(false);
    assert!(controlled(&source, 1).await.is_err());
    assert!(!control.info().stats.enabled);
    control.set_enabled(true);
    assert_eq!(controlled(&source, 1).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn a_load_that_runs_while_everything_expires_is_not_stored() {
    #[cached(ttl = "1m", skip(gate), name = "administration/overtaken")]
    async fn slow(gate: &Gate) -> u32 {
        gate.pass().await;
        1
    }

    let gate = Gate::new();
    let load = Stepped::begin(slow(&gate)).await;
    handle("administration/overtaken").expire_all().await;
    gate.open();
    load.finish().await;
    assert_eq!(slow_cache().stats().superseded, 1);
    assert!(slow_cache().is_empty());
}

#[tokio::test]
async fn what_is_known_of_a_cache_can_be_serialized() {
    let cache: FnCache<u32, u32> = FnCache::builder().name("administration/json").build();
    cache.insert(1, 1).await;
    let info = handle("administration/json").info();
    let json = serde_json::to_value(&info).expect("it has no map with odd keys");
    assert_eq!(json["name"], "administration/json");
    assert_eq!(json["ttl"], "Never");
    assert_eq!(json["stats"]["entries"], 1);
    assert_eq!(json["settings"][0]["option"], "capacity");
    assert_eq!(
        json["stats"]["load_times"].as_array().map(Vec::len),
        Some(22)
    );
}
