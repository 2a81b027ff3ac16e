//! The service as its clients see it.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use cached_attr::testing::isolated;
use chrono::Utc;
use eligibility::{App, Environment, consumer_mapping_cache, router, sample};
use serde_json::Value;
use tokio::time::advance;
use tower::ServiceExt as _;

use crate::support::Observed;

/// A service over a bucket of its own.
async fn service(campaigns: u32) -> (axum::Router, Observed) {
    let (bucket, store) = Observed::bucket(campaigns).await;
    store.write("consumers.json", sample::consumers()).await;
    store
        .write("parameters/prod/feature_toggles/iteration_names", "true")
        .await;
    (
        router(App {
            bucket,
            environment: Environment::new("prod"),
            now: Utc::now,
        }),
        store,
    )
}

/// The status, the `Cache-Status` header, and the body.
async fn send(
    service: &axum::Router,
    method: &str,
    path: &str,
    consumer: &str,
) -> (StatusCode, String, Vec<u8>) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("NHSE-Product-ID", consumer);
    let response = service
        .clone()
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let status = response
        .headers()
        .get("cache-status")
        .map(|value| value.to_str().unwrap().to_owned());
    (
        response.status(),
        status.unwrap_or_default(),
        to_bytes(response.into_body(), 1 << 20)
            .await
            .unwrap()
            .into(),
    )
}

async fn answers(service: &axum::Router, consumer: &str) -> Vec<Value> {
    let (status, _, body) = send(service, "GET", "/eligibility?age=76", consumer).await;
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&body));
    serde_json::from_slice(&body).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_consumer_is_answered_for_the_campaigns_it_may_ask_about() {
    let (service, store) = service(20).await;
    assert_eq!(answers(&service, "app").await.len(), 20);
    assert_eq!(answers(&service, "flu-app").await.len(), 5);
    assert_eq!(answers(&service, "unknown").await.len(), 0);
    assert_eq!(answers(&service, "app").await[0]["eligible"], true);
    assert_eq!(answers(&service, "app").await[0]["iteration"], "Round 5");
    assert_eq!(store.lists(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_response_has_a_cache_status_header() {
    let (service, _) = service(1).await;
    let path = "/eligibility?age=40";
    assert_eq!(
        send(&service, "GET", path, "app").await.1,
        "cached-attr; fwd=miss; stored; ttl=1800"
    );
    assert_eq!(
        send(&service, "GET", path, "app").await.1,
        "cached-attr; hit; ttl=1800"
    );
    assert_eq!(
        send(&service, "GET", path, "test-consumer-1").await.1,
        "cached-attr; fwd=bypass"
    );
}

#[tokio::test(start_paused = true)]
async fn a_refresh_is_seen_by_the_next_request() {
    let (service, store) = service(1).await;
    assert_eq!(answers(&service, "app").await[0]["version"], 1);
    store.put(&sample::campaign(0, 2)).await;
    assert_eq!(answers(&service, "app").await[0]["version"], 1);
    assert_eq!(
        send(&service, "POST", "/configs/refresh", "").await.0,
        StatusCode::NO_CONTENT
    );
    assert_eq!(answers(&service, "app").await[0]["version"], 2);
}

#[tokio::test(start_paused = true)]
async fn a_bucket_that_fails_is_a_bad_gateway_and_a_broken_file_is_named() {
    let (service, store) = service(1).await;
    store.set_broken(true);
    assert_eq!(
        send(&service, "GET", "/eligibility?age=40", "app").await.0,
        StatusCode::BAD_GATEWAY
    );
    store.set_broken(false);
    store.write("campaigns/campaign-0000.json", "{").await;
    let (status, _, body) = send(&service, "GET", "/eligibility?age=40", "app").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        String::from_utf8(body)
            .unwrap()
            .starts_with("campaigns/campaign-0000.json cannot be used")
    );
}

/// The mapping is cached as it is where the service is deployed: in `prod`, for five minutes.
async fn deployed<F: Future>(test: F) -> F::Output {
    isolated(async {
        consumer_mapping_cache().set_ttl(Environment::new("prod").mapping_ttl());
        test.await
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn n_f9_while_the_bucket_is_away_requests_get_the_last_good_answer_for_six_hours() {
    deployed(async {
        let (service, store) = service(4).await;
        let before = answers(&service, "app").await;
        store.set_broken(true);
        // Past the five minutes of mapping and toggle, past the half hour of the configs, and just before the end.
        for minutes in [6, 30, 324] {
            advance(Duration::from_secs(60 * minutes)).await;
            assert_eq!(answers(&service, "app").await, before);
        }
        send(&service, "POST", "/configs/refresh", "").await;
        assert_eq!(answers(&service, "app").await, before, "after a refresh");

        advance(Duration::from_secs(60 * 6)).await;
        let (status, ..) = send(&service, "GET", "/eligibility?age=76", "app").await;
        assert_eq!(status, StatusCode::BAD_GATEWAY, "six hours and six minutes");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_consumer_that_the_mapping_flags_reads_afresh() {
    deployed(async {
        let (service, store) = service(1).await;
        for consumer in ["app", "clinic-pilot"] {
            assert_eq!(answers(&service, consumer).await[0]["version"], 1);
        }
        store.put(&sample::campaign(0, 2)).await;
        assert_eq!(answers(&service, "clinic-pilot").await[0]["version"], 2);
        assert_eq!(answers(&service, "app").await[0]["version"], 1);

        // Without the flag it is an ordinary consumer, once the mapping has expired.
        let unflagged = sample::consumers().replace("true", "false");
        store.write("consumers.json", unflagged).await;
        advance(Duration::from_secs(300)).await;
        assert_eq!(answers(&service, "clinic-pilot").await[0]["version"], 1);
        assert_eq!(
            store.lists(),
            3,
            "one load, and two that bypassed the cache"
        );
    })
    .await;
}
