//! Rows with an end of their own.

use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use serde_json::json;

use crate::support::{Answer, Service, pass};

async fn session(service: &Service, tenant: &str, id: &str) -> Answer {
    let headers = [("X-Tenant", tenant), ("X-Session", id)];
    service.send("GET", "/session", &headers, None).await
}

fn seconds_from_now(seconds: u64) -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.unwrap().as_secs() + seconds
}

#[tokio::test]
async fn k_b22_a_session_is_cached_until_its_own_end() {
    let service = Service::start();
    let ends = json!({ "user": "ada", "expires_at": seconds_from_now(600) });
    service.write("sessions/acme/1.json", &ends);
    assert_eq!(session(&service, "acme", "1").await.body["user"], "ada");
    let reads = service.app.documents.reads();
    pass(Duration::from_secs(590)).await;
    assert_eq!(session(&service, "acme", "1").await.body["user"], "ada");
    assert_eq!(service.app.documents.reads(), reads);
    // By then another process has removed it.
    std::fs::remove_file(service.path("sessions/acme/1.json")).unwrap();
    pass(Duration::from_secs(10)).await;
    assert_eq!(
        session(&service, "acme", "1").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn k_b22_a_session_is_its_tenants_only_and_not_after_its_end() {
    let service = Service::start();
    for (file, user, seconds) in [
        ("sessions/acme/1.json", "ada", 600),
        ("sessions/globex/1.json", "grace", 600),
        ("sessions/acme/2.json", "old", 0),
    ] {
        let row = json!({ "user": user, "expires_at": seconds_from_now(seconds) });
        service.write(file, &row);
    }
    for _ in 0..2 {
        assert_eq!(session(&service, "acme", "1").await.body["user"], "ada");
        assert_eq!(session(&service, "globex", "1").await.body["user"], "grace");
        let ended = session(&service, "acme", "2").await;
        assert_eq!(ended.status, StatusCode::UNAUTHORIZED);
    }
}
