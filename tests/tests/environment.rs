//! `ttl_env`: lifetimes from the environment. Each test runs in a process of its own.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

use std::time::Duration;

use cached_attr::{KnownTtl, TtlEnvError, TtlSource, cached, check};
use cached_attr_tests::{Logged, Source, in_child, record_log};
use tokio::time::advance;

static SOURCE: Source = Source::new();

#[cached(ttl = "1m", ttl_env = "PRICE_TTL")]
async fn price() -> u32 {
    SOURCE.ask()
}

#[cached(ttl = never, ttl_env = "RATES_TTL", name = "rates")]
async fn rates() -> u32 {
    1
}

#[cached(ttl = |_| Duration::from_secs(5), ttl_env = "RATES_TTL")]
async fn other_rates() -> u32 {
    1
}

/// Runs a future with time paused, and gives back what it logged.
fn paused(body: impl Future<Output = ()>) -> Logged {
    let (logged, _guard) = record_log();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.expect("a runtime of one thread").block_on(body);
    logged
}

async fn price_lives(seconds: u64) {
    let first = price().await;
    advance(Duration::from_millis(seconds * 1000 - 1)).await;
    assert_eq!(price().await, first);
    advance(Duration::from_millis(1)).await;
    assert_eq!(price().await, first + 1);
}

fn ttl_of(name: &str) -> (KnownTtl, TtlSource) {
    let known = cached_attr::caches();
    let info = known.into_iter().find(|cache| cache.name.ends_with(name));
    let info = info.expect("it is linked");
    (info.ttl, info.ttl_source)
}

#[test]
fn without_the_variable_the_attributes_ttl_counts() {
    in_child(
        "without_the_variable_the_attributes_ttl_counts",
        &[],
        || {
            assert_eq!(check(), Ok(()));
            let logged = paused(price_lives(60));
            assert!(logged.lines().is_empty());
            assert_eq!(
                ttl_of("price"),
                (
                    KnownTtl::Fixed(Duration::from_secs(60)),
                    TtlSource::Attribute
                )
            );
        },
    );
}

#[test]
fn whole_seconds_override_the_attribute() {
    in_child(
        "whole_seconds_override_the_attribute",
        &[("PRICE_TTL", "90")],
        || {
            let of_environment = (
                KnownTtl::Fixed(Duration::from_secs(90)),
                TtlSource::Environment("PRICE_TTL"),
            );
            assert_eq!(
                ttl_of("price"),
                of_environment,
                "known before its first call"
            );
            paused(price_lives(90));
            assert_eq!(ttl_of("price"), of_environment);
            assert_eq!(check(), Ok(()));
        },
    );
}

#[test]
fn a_duration_text_overrides_the_attribute() {
    in_child(
        "a_duration_text_overrides_the_attribute",
        &[("PRICE_TTL", "1h 30m")],
        || {
            paused(price_lives(90 * 60));
        },
    );
}

#[test]
fn zero_turns_the_cache_off() {
    in_child("zero_turns_the_cache_off", &[("PRICE_TTL", "0")], || {
        paused(async { assert_eq!((price().await, price().await), (1, 2)) });
        let stats = price_cache().stats();
        assert!(!stats.enabled);
        assert_eq!(stats.bypassed, 2);
    });
}

#[test]
fn never_and_closures_are_overridden_too() {
    in_child(
        "never_and_closures_are_overridden_too",
        &[("RATES_TTL", "10s")],
        || {
            paused(async {
                let _ = (rates().await, other_rates().await);
                advance(Duration::from_secs(9)).await;
                let _ = (rates().await, other_rates().await);
                assert_eq!(
                    (rates_cache().stats().hits, other_rates_cache().stats().hits),
                    (1, 1)
                );
                advance(Duration::from_secs(1)).await;
                let _ = (rates().await, other_rates().await);
                assert_eq!(
                    (rates_cache().stats().hits, other_rates_cache().stats().hits),
                    (1, 1)
                );
            });
        },
    );
}

#[test]
fn a_wrong_value_is_logged_once_by_name_and_the_attributes_ttl_counts() {
    let test = "a_wrong_value_is_logged_once_by_name_and_the_attributes_ttl_counts";
    in_child(test, &[("PRICE_TTL", "hunter2 parsecs")], || {
        let logged = paused(async {
            price_lives(60).await;
            price_lives(60).await;
        });
        let lines = logged.lines();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].starts_with("ERROR"), "{lines:?}");
        assert!(lines[0].contains("PRICE_TTL"), "{lines:?}");
        assert!(
            !lines[0].contains("hunter2"),
            "a variable may hold a secret: {lines:?}"
        );
        assert_eq!(ttl_of("price").1, TtlSource::Attribute);
    });
}

#[test]
fn check_tells_every_wrong_variable_once_and_no_right_one() {
    let test = "check_tells_every_wrong_variable_once_and_no_right_one";
    in_child(test, &[("PRICE_TTL", "-1"), ("RATES_TTL", "soon")], || {
        let error = check().expect_err("two are wrong");
        let names: Vec<_> = error.variables.iter().map(TtlEnvError::variable).collect();
        assert_eq!(names, ["PRICE_TTL", "RATES_TTL"]);
        let told = error.to_string();
        assert!(
            told.contains("`PRICE_TTL`") && told.contains("`RATES_TTL`"),
            "{told}"
        );
        assert!(!told.contains("soon"), "{told}");
    });
}
