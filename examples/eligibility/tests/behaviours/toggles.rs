//! Feature toggles, and the consumer mapping's lifetime by environment.

use std::time::Duration;

use eligibility::{Environment, is_feature_enabled, parameter};
use tokio::time::advance;

use crate::support::Observed;

const NAME: &str = "/prod/feature_toggles/new_rules";
const PATH: &str = "parameters/prod/feature_toggles/new_rules";

fn prod() -> Environment {
    Environment::new("prod")
}

#[test]
fn n_b1_the_environment_decides_the_ttl_and_an_unknown_one_caches_nothing() {
    for name in ["test", "dev", "preprod", "prod"] {
        assert_eq!(
            Environment::new(name).mapping_ttl(),
            Duration::from_secs(300),
            "{name}"
        );
    }
    for name in ["local", "", "PROD", "production"] {
        assert_eq!(
            Environment::new(name).mapping_ttl(),
            Duration::ZERO,
            "{name}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn n_b19_a_toggle_is_read_by_its_full_name_and_cached_for_five_minutes() {
    let (bucket, store) = Observed::bucket(0).await;
    for (text, on) in [
        ("true", true),
        (" TRUE\n", true),
        ("false", false),
        ("yes", false),
        ("", false),
    ] {
        store.write(PATH, text).await;
        assert_eq!(
            is_feature_enabled(&bucket, &prod(), "new_rules").await,
            on,
            "{text:?}"
        );
        advance(Duration::from_secs(299)).await;
        let gets = store.gets();
        is_feature_enabled(&bucket, &prod(), "new_rules").await;
        assert_eq!(store.gets(), gets, "a hit");
        advance(Duration::from_secs(1)).await;
    }
    let dev = Environment::new("dev");
    assert!(
        !is_feature_enabled(&bucket, &dev, "new_rules").await,
        "another environment's toggle is another"
    );
}

#[tokio::test(start_paused = true)]
async fn n_b19_a_toggle_that_is_not_there_is_off_and_that_is_cached_too() {
    let (bucket, store) = Observed::bucket(0).await;
    for _ in 0..3 {
        assert!(!is_feature_enabled(&bucket, &prod(), "new_rules").await);
    }
    assert_eq!(store.gets(), 1);
    assert_eq!(parameter(&bucket, NAME).await.unwrap(), None);
    assert_eq!(store.gets(), 1);
}

#[tokio::test(start_paused = true)]
async fn n_f10_a_toggle_that_was_read_keeps_its_value_while_the_store_fails() {
    let (bucket, store) = Observed::bucket(0).await;
    store.write(PATH, "true").await;
    assert!(is_feature_enabled(&bucket, &prod(), "new_rules").await);
    store.set_broken(true);
    advance(Duration::from_secs(300)).await;
    assert!(is_feature_enabled(&bucket, &prod(), "new_rules").await);
}

#[tokio::test(start_paused = true)]
async fn n_f10_one_throttled_request_does_not_turn_a_feature_off_for_five_minutes() {
    let (bucket, store) = Observed::bucket(0).await;
    store.write(PATH, "true").await;
    store.set_broken(true);
    assert!(!is_feature_enabled(&bucket, &prod(), "new_rules").await);
    store.set_broken(false);
    assert!(
        !is_feature_enabled(&bucket, &prod(), "new_rules").await,
        "the failure is cached for two seconds"
    );
    assert_eq!(
        store.gets(),
        1,
        "so that not every request reads a throttled store"
    );
    advance(Duration::from_secs(2)).await;
    assert!(is_feature_enabled(&bucket, &prod(), "new_rules").await);
}
