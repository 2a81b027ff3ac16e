//! Where a tenant's settings come from.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{CONFIG, Service, pass};

const ACME: &str = "/tenant_settings?tenant=acme";

#[tokio::test]
async fn k_b7_the_document_comes_before_the_file_and_both_stand_over_the_defaults() {
    let service = Service::start();
    let from_file = json!({
        "name": "Acme", "hosts": ["acme.example.com"], "colour": "red", "language": "en", "page_size": 20
    });
    assert_eq!(service.get(ACME).await.body, from_file);

    service.write(
        "tenants/initech.json",
        &json!({ "name": "Initech", "page_size": 50 }),
    );
    let from_document = service.get("/tenant_settings?tenant=initech").await;
    assert_eq!(
        from_document.body,
        json!({ "name": "Initech", "hosts": [], "colour": "blue", "language": "en", "page_size": 50 })
    );

    for unknown in ["nobody", "../acme", "", "ACME"] {
        let answer = service
            .get(&format!("/tenant_settings?tenant={unknown}"))
            .await;
        assert!(answer.status.is_client_error(), "{unknown}: {answer:?}");
    }
    let unknown = service.get("/tenant_settings?tenant=nobody").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

/// K-B8: it was kept for ever. K-F5: nothing ended what a race had left there.
#[tokio::test]
async fn k_f5_a_document_is_read_once_and_again_after_an_hour_at_the_latest() {
    let service = Service::start();
    service.write("tenants/acme.json", &json!({ "colour": "green" }));
    for _ in 0..3 {
        assert_eq!(service.get(ACME).await.body["colour"], "green");
    }
    assert_eq!(service.app.documents.reads(), 1);
    service.write("tenants/acme.json", &json!({ "colour": "white" }));
    pass(Duration::from_secs(3599)).await;
    assert_eq!(service.get(ACME).await.body["colour"], "green");
    pass(Duration::from_secs(1)).await;
    assert_eq!(service.get(ACME).await.body["colour"], "white");
}

#[tokio::test]
async fn k_b9_a_default_that_changes_holds_at_once_for_cached_tenants() {
    let mut service = Service::start();
    service.write("tenants/acme.json", &json!({ "page_size": 50 }));
    assert_eq!(service.get(ACME).await.body["language"], "en");
    service.deploy(&CONFIG.replace("language: en", "language: fr"));
    let after = service.get(ACME).await.body;
    assert_eq!(
        (&after["language"], &after["page_size"]),
        (&json!("fr"), &json!(50))
    );
    assert_eq!(
        service.app.documents.reads(),
        0,
        "of the new deployment: it is cached"
    );
}

#[tokio::test]
async fn k_b24_a_document_from_before_a_field_existed_or_after_it_is_gone_is_read() {
    let service = Service::start();
    service.write(
        "tenants/acme.json",
        &json!({ "name": "Acme", "retired_field": 7 }),
    );
    let settings = service.get(ACME).await.body;
    assert_eq!(settings["page_size"], 20);
    assert_eq!(settings.get("retired_field"), None);
}

#[tokio::test]
async fn k_f7_null_overrides_a_default() {
    let service = Service::start();
    let answer = service.post(ACME, json!({ "colour": null })).await;
    assert_eq!(answer.body["colour"], Value::Null);
    assert_eq!(service.get(ACME).await.body["colour"], Value::Null);
    assert_eq!(
        service.get("/tenant_settings?tenant=globex").await.body["colour"],
        "blue"
    );
}

/// K-B12: tenants without a place in the file were refused.
#[tokio::test]
async fn a_request_names_a_tenant_that_the_file_or_a_document_knows() {
    let service = Service::start();
    service.write("tenants/initech.json", &json!({ "name": "Initech" }));
    for (tenant, status) in [
        ("acme", StatusCode::OK),
        ("initech", StatusCode::OK),
        ("nobody", StatusCode::NOT_FOUND),
        ("../acme", StatusCode::NOT_FOUND),
    ] {
        let answer = service
            .send("GET", "/public/settings", &[("X-Tenant", tenant)], None)
            .await;
        assert_eq!(answer.status, status, "{tenant}");
    }
}
