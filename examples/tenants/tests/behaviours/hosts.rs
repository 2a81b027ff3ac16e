//! Whose host it is.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use crate::support::{Service, pass};

/// K-B14: nothing wrote the mapping, and the file was scanned for each request.
#[tokio::test]
async fn k_b14_a_host_is_looked_for_once() {
    let service = Service::start();
    service.write(
        "tenants/initech.json",
        &json!({ "name": "Initech", "hosts": ["initech.example.com"] }),
    );
    assert_eq!(
        service.at("initech.example.com").await.body["name"],
        "Initech"
    );
    let reads = service.app.documents.reads();
    for _ in 0..3 {
        assert_eq!(
            service.at("initech.example.com").await.body["name"],
            "Initech"
        );
    }
    assert_eq!(service.app.documents.reads(), reads);
}

/// K-F11: it depended on case and port.
#[tokio::test]
async fn k_f11_a_host_is_one_however_it_is_written() {
    let service = Service::start();
    for host in [
        "acme.example.com",
        "ACME.example.com",
        "acme.example.com:8443",
        "acme.example.com.",
    ] {
        assert_eq!(service.at(host).await.body["name"], "Acme", "{host}");
    }
}

/// K-F11: it was a 500.
#[tokio::test]
async fn k_f11_an_unknown_host_is_a_404_and_is_looked_for_once_in_ten_seconds() {
    let service = Service::start();
    assert_eq!(
        service.at("new.example.com").await.status,
        StatusCode::NOT_FOUND
    );
    let reads = service.app.documents.reads();
    for _ in 0..20 {
        assert_eq!(
            service.at("new.example.com").await.status,
            StatusCode::NOT_FOUND
        );
    }
    assert_eq!(service.app.documents.reads(), reads);
    service.write(
        "tenants/new.json",
        &json!({ "name": "New", "hosts": ["new.example.com"] }),
    );
    pass(Duration::from_secs(10)).await;
    assert_eq!(service.at("new.example.com").await.body["name"], "New");
}

#[tokio::test]
async fn a_host_that_a_tenant_gets_or_loses_is_known_at_once() {
    let service = Service::start();
    let acme = "/tenant_settings?tenant=acme";
    assert_eq!(service.at("acme.example.com").await.body["name"], "Acme");
    assert_eq!(
        service.at("acme.example.org").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        service.at("globex.example.com").await.body["name"],
        "Globex"
    );
    let reads = service.app.documents.reads();
    service
        .post(acme, json!({ "hosts": ["acme.example.org"] }))
        .await;
    assert_eq!(
        service.at("acme.example.com").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(service.at("acme.example.org").await.body["name"], "Acme");
    // One by the change and one by what was cached of it: other tenants stay cached.
    assert_eq!(
        service.at("globex.example.com").await.body["name"],
        "Globex"
    );
    assert_eq!(service.app.documents.reads(), reads + 2);
}
