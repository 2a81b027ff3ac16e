//! The three writers.

use axum::http::StatusCode;
use instrument_api::Role;
use serde_json::json;

use crate::support::{Service, token};

/// F-B12, F-B22, F-B25: what each answers, and that the next read is fresh.
#[tokio::test]
async fn f_b22_after_a_put_the_next_get_is_fresh() {
    let service = Service::start().await;
    let spec = json!({ "merge": false, "layers": [1, 2.5, null], "by id": { "7": "seven" } });
    for (path, body, answered, read) in [
        (
            "/live-data/LOQ/script",
            json!({ "value": "new" }),
            json!("ok"),
            json!("new"),
        ),
        (
            "/instrument/LOQ/specification",
            spec.clone(),
            spec.clone(),
            spec,
        ),
        (
            "/instrument/LOQ/latest-run",
            json!({ "latest_run": "run 2" }),
            json!({ "latest_run": "run 2" }),
            json!({ "latest_run": "run 2" }),
        ),
    ] {
        assert_ne!(service.get(path).await.body, read, "{path}");
        let answer = service.put(path, body).await;
        assert_eq!((answer.status, answer.body), (StatusCode::OK, answered));
        let after = service.get(path).await;
        assert_eq!(after.body, read, "{path}");
        assert!(after.cache.contains("fwd=miss"), "{}", after.cache);
    }
}

#[tokio::test]
async fn a_put_leaves_other_instruments_and_other_readers_cached() {
    let service = Service::start().await;
    let kept = ["/live-data/IRIS/script", "/instrument/LOQ/latest-run"];
    for path in kept {
        service.get(path).await;
    }
    service
        .put("/live-data/LOQ/script", json!({ "value": "new" }))
        .await;
    for path in kept {
        let answer = service.get(path).await;
        assert!(answer.cache.contains("hit"), "{path}: {}", answer.cache);
    }
}

#[tokio::test]
async fn f_b14_a_put_to_an_unknown_instrument_is_a_404() {
    let service = Service::start().await;
    let answer = service
        .put("/live-data/NONE/script", json!({ "value": "new" }))
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn f_b23_a_refused_put_changes_nothing() {
    let service = Service::start().await;
    service.get("/live-data/LOQ/script").await;
    let body = json!({ "value": "new" });
    for token in ["", "nonsense", &token(Role::User)] {
        let refused = service
            .send("PUT", "/live-data/LOQ/script", token, Some(body.clone()))
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{token:?}");
    }
    let answer = service.get("/live-data/LOQ/script").await;
    assert_eq!(answer.body, "reduce(LOQ)");
    assert!(answer.cache.contains("hit"), "{}", answer.cache);
}
