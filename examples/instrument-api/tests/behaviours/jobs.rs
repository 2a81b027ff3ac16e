//! Lists and counts of jobs.

use axum::http::StatusCode;
use instrument_api::{Role, jobs_cache};
use serde_json::{Value, json};

use crate::support::{Answer, Service, token};

async fn list(service: &Service, query: &str) -> Value {
    service.get(&format!("/jobs{query}")).await.body
}

fn ids(jobs: &Value) -> Vec<i64> {
    let jobs = jobs.as_array().unwrap();
    jobs.iter().map(|job| job["id"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn f_b16_every_part_of_the_filter_makes_a_list_of_its_own() {
    let service = Service::start().await;
    let sent = service.db.queries();
    let expected: [(&str, &[i64]); 7] = [
        ("", &[3, 2, 1]),
        ("?order=asc", &[1, 2, 3]),
        ("?limit=2", &[3, 2]),
        ("?limit=2&offset=2", &[1]),
        ("?instrument=loq", &[2, 1]),
        ("?instrument=LOQ&state=done", &[1]),
        ("?state=queued", &[3]),
    ];
    for _ in 0..2 {
        for (query, jobs) in expected {
            assert_eq!(ids(&list(&service, query).await), jobs, "{query}");
        }
    }
    assert_eq!(service.db.queries(), sent + 7);
    // However the query is written.
    list(&service, "?offset=2&limit=2").await;
    assert_eq!(jobs_cache().len(), 7);
}

#[tokio::test]
async fn f_b16_a_user_never_gets_the_list_of_staff_or_of_another_user() {
    let service = Service::start().await;
    assert_eq!(ids(&list(&service, "").await), [3, 2, 1]);
    let own: Answer = service.send("GET", "/jobs", &token(Role::User), None).await;
    assert_eq!(ids(&own.body), [3, 1]);
    assert!(own.cache.contains("fwd=miss"), "{}", own.cache);
}

/// F-F11: nothing was invalidated, and a list was up to 15 seconds old.
#[tokio::test]
async fn f_f11_after_a_patch_every_list_and_count_is_fresh() {
    let service = Service::start().await;
    let paths = [
        "/jobs?state=running",
        "/jobs",
        "/jobs/count",
        "/jobs/count?instrument=LOQ",
    ];
    for path in paths {
        service.get(path).await;
    }
    let (patch, staff) = (Some(json!({ "state": "done" })), token(Role::Staff));
    let patched = service.send("PATCH", "/job/2", &staff, patch).await;
    assert_eq!(patched.status, StatusCode::NO_CONTENT);
    for path in paths {
        let answer = service.get(path).await;
        assert!(
            answer.cache.contains("fwd=miss"),
            "{path}: {}",
            answer.cache
        );
    }
    assert_eq!(list(&service, "?state=running").await, json!([]));
    assert_eq!(
        service.get("/jobs/count?instrument=LOQ").await.body,
        json!({ "count": 2 })
    );
}
