//! The health check.

use std::fs;

use axum::http::StatusCode;
use serde_json::json;
use tenants::Options;

use crate::support::Service;

#[tokio::test]
async fn k_b21_the_health_check_answers_ok_or_says_what_is_wrong() {
    let service = Service::start();
    let well = service.get("/healthcheck").await;
    assert_eq!(
        (well.status, well.body),
        (StatusCode::OK, json!({ "status": "ok" }))
    );
    fs::remove_dir_all(service.path("")).unwrap();
    let ill = service.get("/healthcheck").await;
    assert_eq!(ill.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        ill.body,
        json!({ "detail": "the document store cannot be used" })
    );
}

/// Opted into without a tier: the deployment lacks an address.
#[tokio::test]
async fn k_b21_with_the_option_a_service_without_a_tier_is_not_well() {
    let service = Service::start_with(Options {
        cache_healthcheck: true,
        ..Options::default()
    });
    let ill = service.get("/healthcheck").await;
    assert_eq!(ill.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ill.body, json!({ "detail": "no shared tier is installed" }));
}

/// K-B7, K-B25: a store that is away is an error, and not a tenant that nobody knows. What is cached is served.
#[tokio::test]
async fn while_the_document_store_is_away_cached_tenants_are_served() {
    let service = Service::start();
    let (acme, globex) = (
        "/tenant_settings?tenant=acme",
        "/tenant_settings?tenant=globex",
    );
    service.get(acme).await;
    fs::remove_dir_all(service.path("")).unwrap();
    assert_eq!(service.get(acme).await.status, StatusCode::OK);
    assert_eq!(
        service.get(globex).await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(service.get("/status").await.body["tier_is_up"], false);
}
