//! Changing a tenant's settings.

use std::fs;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use axum::http::StatusCode;
use serde_json::json;
use tenants::{Options, document, update};

use crate::support::{Service, tenant};

const ACME: &str = "/tenant_settings?tenant=acme";

#[tokio::test]
async fn k_b11_a_post_changes_the_fields_that_it_names_and_the_next_get_is_fresh() {
    let service = Service::start();
    assert_eq!(service.get(ACME).await.body["page_size"], 20);
    let posted = service.post(ACME, json!({ "page_size": 50 })).await;
    let expected = json!({
        "name": "Acme", "hosts": ["acme.example.com"], "colour": "red", "language": "en", "page_size": 50
    });
    assert_eq!((posted.status, &posted.body), (StatusCode::OK, &expected));
    assert_eq!(service.get(ACME).await.body, expected);
    service.post(ACME, json!({ "language": "fr" })).await;
    let both = service.get(ACME).await.body;
    assert_eq!(
        (&both["page_size"], &both["language"]),
        (&json!(50), &json!("fr"))
    );
}

#[tokio::test]
async fn k_b11_a_wrong_shape_is_a_422_that_names_each_field_and_changes_nothing() {
    let service = Service::start();
    let before = service.get(ACME).await.body;
    let wrong = json!({ "page_size": "many", "hosts": ["a.example.com", 7], "color": "red", "language": "fr" });
    let answer = service.post(ACME, wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.body["error"], "the settings are not valid");
    let errors = answer.body["errors"].as_array().unwrap();
    let mut fields: Vec<&str> = errors
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    fields.sort_unstable();
    assert_eq!(fields, ["color", "hosts[1]", "page_size"], "{errors:?}");
    assert_eq!(service.get(ACME).await.body, before);
}

#[tokio::test]
async fn k_b11_behind_the_public_prefix_settings_are_a_404_unless_they_are_public() {
    let path = format!("/public{ACME}");
    let private = Service::start();
    assert_eq!(private.get(&path).await.status, StatusCode::NOT_FOUND);
    let refused = private.post(&path, json!({ "page_size": 50 })).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert_eq!(private.get(ACME).await.body["page_size"], 20);
    drop(private);

    let public = Service::start_with(Options {
        settings_public: true,
        ..Options::default()
    });
    assert_eq!(public.get(&path).await.status, StatusCode::OK);
}

/// K-F5: a reader that had read the old document stored it after the change, for ever.
#[test]
fn k_f5_a_read_that_is_slower_than_a_change_does_not_bring_the_old_settings_back() {
    // One thread reads and writes files: what is asked of it later happens later.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let (service, acme) = (Service::start(), tenant("acme"));
        service.write("tenants/acme.json", &json!({ "colour": "green" }));
        let mut reading = pin!(document(&service.app.documents, &acme));
        let began = poll_fn(|cx| Poll::Ready(reading.as_mut().poll(cx).is_pending())).await;
        assert!(began);
        tokio::task::spawn_blocking(|| ()).await.unwrap();

        let white = json!({ "colour": "white" });
        let white = white.as_object().unwrap();
        update(&service.app, &acme, white).await.unwrap();
        let late = reading.await.unwrap().unwrap();
        assert_eq!(late["colour"], "green", "it had been read before");
        assert_eq!(service.get(ACME).await.body["colour"], "white");
    });
}

/// K-F6: the cache was written before the document.
#[tokio::test]
async fn k_f6_a_change_that_cannot_be_saved_is_seen_by_nobody() {
    let service = Service::start();
    assert_eq!(service.get(ACME).await.body["colour"], "red");
    // In the way of the first file that the service will write.
    let part = service.path(&format!("tenants/acme.{}-0.part", std::process::id()));
    fs::create_dir_all(part).unwrap();
    let failed = service.post(ACME, json!({ "colour": "phantom" })).await;
    assert_eq!(failed.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(service.get(ACME).await.body["colour"], "red");
    let saved = service.post(ACME, json!({ "colour": "white" })).await;
    assert_eq!(saved.status, StatusCode::OK);
    assert_eq!(service.get(ACME).await.body["colour"], "white");
}
