//! Work that one replica does.

use std::fs;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tenants::{nightly_recompute, seed};

use crate::support::{Service, pass};

/// K-B16, K-F3: the loser cleared the winner's flag, and the key stayed taken.
#[tokio::test]
async fn k_f3_of_two_calls_at_once_one_seeds_and_after_the_grace_the_next_call_runs() {
    let service = Service::start();
    let (first, second) = tokio::join!(seed(&service.app), seed(&service.app));
    assert_eq!((first.unwrap(), second.unwrap()), (Some(1), None));
    assert_eq!(
        service.get("/tenant_settings?tenant=operations").await.body["name"],
        "Operations"
    );
    assert_eq!(seed(&service.app).await.unwrap(), None);
    pass(Duration::from_secs(10)).await;
    assert_eq!(seed(&service.app).await.unwrap(), Some(0), "it is there");
}

#[tokio::test]
async fn k_b23_nightly_work_returns_its_value_where_it_ran_and_nothing_elsewhere() {
    let service = Service::start();
    for _ in 0..2 {
        let ran = service.post("/nightly", json!({})).await;
        assert_eq!(
            (ran.status, ran.body),
            (StatusCode::OK, json!({ "tenants": 2 }))
        );
        for _ in 0..3 {
            let not = service.post("/nightly", json!({})).await;
            assert_eq!((not.status, not.body), (StatusCode::OK, Value::Null));
        }
        pass(Duration::from_secs(24 * 3600)).await;
    }
}

/// K-F4: the grace of twenty hours followed a failure as well.
#[tokio::test]
async fn k_f4_after_a_failure_the_next_call_runs() {
    let service = Service::start();
    let away = service.path("").with_extension("away");
    fs::rename(service.path(""), &away).unwrap();
    assert!(nightly_recompute(&service.app).await.is_err());
    fs::rename(&away, service.path("")).unwrap();
    assert!(nightly_recompute(&service.app).await.unwrap().is_some());
    assert!(nightly_recompute(&service.app).await.unwrap().is_none());
}
