//! Who reads afresh, and that it leaves the others alone.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use eligibility::{Caller, Reserved, campaign_configs, sample};

use crate::support::Observed;

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    let pair = |&(name, value): &(&str, &'static str)| {
        (
            name.parse::<HeaderName>().expect("a header's name"),
            HeaderValue::from_static(value),
        )
    };
    pairs.iter().map(pair).collect()
}

/// Three calls by this caller to a bucket that is cached, then edited: loads, and the versions seen.
async fn three_calls(caller: &Caller) -> (u64, Vec<u32>) {
    let (bucket, store) = Observed::bucket(1).await;
    campaign_configs(&bucket, &Caller::default()).await.unwrap();
    store.put(&sample::campaign(0, 2)).await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(campaign_configs(&bucket, caller).await.unwrap()[0].version);
    }
    (store.lists() - 1, seen)
}

#[tokio::test(start_paused = true)]
async fn n_b4_the_bypass_header_reads_afresh_and_stores_nothing() {
    for value in ["true", "TRUE", "True"] {
        let caller = Caller::from_headers(&headers(&[("x-bypass-campaign-config-cache", value)]));
        assert_eq!(three_calls(&caller).await, (3, vec![2, 2, 2]), "{value}");
    }
    for value in ["false", "1", "", "true "] {
        let caller = Caller::from_headers(&headers(&[("x-bypass-campaign-config-cache", value)]));
        assert_eq!(three_calls(&caller).await, (0, vec![1, 1, 1]), "{value:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn n_b6_consumers_on_the_list_bypass() {
    let listed = Reserved {
        prefixes: &[],
        ..Reserved::HERE
    };
    for id in [
        "test-consumer-1",
        "test-consumer-2",
        "test-consumer-3",
        "config-preview",
    ] {
        assert!(listed.contains(id));
        assert_eq!(
            three_calls(&Caller::consumer(id)).await,
            (3, vec![2, 2, 2]),
            "{id}"
        );
    }
    assert!(!listed.contains("test-consumer-4"));
}

#[tokio::test(start_paused = true)]
async fn n_b7_the_consumer_comes_from_its_header_and_is_no_part_of_the_key() {
    let caller = Caller::from_headers(&headers(&[("nhse-product-id", "flu-app")]));
    assert_eq!(caller.id(), "flu-app");
    assert_eq!(Caller::from_headers(&HeaderMap::new()).id(), "");

    let (bucket, store) = Observed::bucket(1).await;
    for caller in [caller, Caller::default(), Caller::consumer("app")] {
        campaign_configs(&bucket, &caller).await.unwrap();
    }
    assert_eq!(store.lists(), 1);
}

#[tokio::test(start_paused = true)]
async fn n_b11_consumers_with_the_prefix_bypass_and_case_counts() {
    for id in ["test-", "test-x", "test-consumer-9"] {
        assert_eq!(three_calls(&Caller::consumer(id)).await.0, 3, "{id}");
    }
    for id in ["TEST-1", "test", ""] {
        assert_eq!(three_calls(&Caller::consumer(id)).await.0, 0, "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn n_b12_a_bypass_neither_fills_nor_empties_the_cache() {
    let (bucket, store) = Observed::bucket(1).await;
    let (tester, app) = (Caller::consumer("test-rig"), Caller::consumer("app"));
    campaign_configs(&bucket, &tester).await.unwrap();
    assert_eq!(store.lists(), 1);
    campaign_configs(&bucket, &app).await.unwrap();
    assert_eq!(store.lists(), 2, "the bypass filled nothing");

    store.put(&sample::campaign(0, 2)).await;
    assert_eq!(
        campaign_configs(&bucket, &tester).await.unwrap()[0].version,
        2
    );
    assert_eq!(
        campaign_configs(&bucket, &app).await.unwrap()[0].version,
        1,
        "the others keep theirs"
    );
}

#[tokio::test(start_paused = true)]
async fn n_f2_an_id_that_only_contains_the_prefix_costs_no_load() {
    for id in ["latest-consumer", "my-test-app"] {
        assert_eq!(
            three_calls(&Caller::consumer(id)).await,
            (0, vec![1, 1, 1]),
            "{id}"
        );
    }
}
