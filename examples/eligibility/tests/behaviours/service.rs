//! The service as its clients see it.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use chrono::Utc;
use eligibility::{App, Environment, router, sample};
use serde_json::Value;
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
async fn ask(
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
    let (status, _, body) = ask(service, "GET", "/eligibility?age=76", consumer).await;
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
async fn a_response_says_how_it_was_had() {
    let (service, _) = service(1).await;
    let path = "/eligibility?age=40";
    assert_eq!(
        ask(&service, "GET", path, "app").await.1,
        "cached-attr; fwd=miss; stored; ttl=1800"
    );
    assert_eq!(
        ask(&service, "GET", path, "app").await.1,
        "cached-attr; hit; ttl=1800"
    );
    assert_eq!(
        ask(&service, "GET", path, "test-consumer-1").await.1,
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
        ask(&service, "POST", "/configs/refresh", "").await.0,
        StatusCode::NO_CONTENT
    );
    assert_eq!(answers(&service, "app").await[0]["version"], 2);
}

#[tokio::test(start_paused = true)]
async fn a_bucket_that_fails_is_a_bad_gateway_and_a_broken_file_is_named() {
    let (service, store) = service(1).await;
    store.set_broken(true);
    assert_eq!(
        ask(&service, "GET", "/eligibility?age=40", "app").await.0,
        StatusCode::BAD_GATEWAY
    );
    store.set_broken(false);
    store.write("campaigns/campaign-0000.json", "{").await;
    let (status, _, body) = ask(&service, "GET", "/eligibility?age=40", "app").await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        String::from_utf8(body)
            .unwrap()
            .starts_with("campaigns/campaign-0000.json cannot be used")
    );
}
