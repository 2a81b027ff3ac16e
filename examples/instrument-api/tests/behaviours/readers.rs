//! The four readers.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Service, pass};

/// Path, ttl in seconds, and a change behind the service's back.
const READERS: [(&str, u64, &str); 4] = [
    (
        "/live-data/instruments",
        120,
        "UPDATE instruments SET live_data = 1",
    ),
    (
        "/live-data/LOQ/script",
        60,
        "UPDATE instruments SET script = 'other'",
    ),
    (
        "/instrument/LOQ/specification",
        120,
        "UPDATE instruments SET specification = '{}'",
    ),
    (
        "/instrument/LOQ/latest-run",
        15,
        "UPDATE instruments SET latest_run = 'run 2'",
    ),
];

#[tokio::test]
async fn each_reader_is_cached_for_its_ttl_and_not_longer() {
    for (path, ttl, change) in READERS {
        let service = Service::start().await;
        let before = service.get(path).await;
        assert_eq!(before.status, StatusCode::OK, "{path}: {before:?}");
        assert!(
            before.cache.contains("fwd=miss; stored"),
            "{}",
            before.cache
        );
        service.behind_its_back(change).await;
        let sent = service.db.queries();

        pass(Duration::from_secs(ttl - 2)).await;
        let hit = service.get(path).await;
        assert_eq!(hit.body, before.body, "{path}");
        assert!(hit.cache.starts_with("cached-attr; hit"), "{}", hit.cache);
        assert_eq!(service.db.queries(), sent, "{path}");

        pass(Duration::from_secs(2)).await;
        assert_ne!(service.get(path).await.body, before.body, "{path}");
        assert_eq!(service.db.queries(), sent + 1, "{path}");
    }
}

#[tokio::test]
async fn f_b8_an_instruments_name_is_one_however_it_is_written() {
    let service = Service::start().await;
    for path in ["loq", "LOQ", "Loq", "%4Coq"] {
        let answer = service.get(&format!("/live-data/{path}/script")).await;
        assert_eq!(answer.body, "reduce(LOQ)", "{path}");
    }
    // One for the sample, one for the script.
    assert_eq!(service.db.queries(), 2);
    service
        .put("/live-data/lOq/script", json!({ "value": "new" }))
        .await;
    assert_eq!(service.get("/live-data/LOQ/script").await.body, "new");
}

#[tokio::test]
async fn f_b10_what_is_absent_is_cached_and_answered_as_null() {
    let service = Service::start().await;
    let null = Value::Null;
    for (path, expected) in [
        ("/live-data/IRIS/script", &null),
        ("/instrument/IRIS/specification", &null),
        (
            "/instrument/IRIS/latest-run",
            &json!({ "latest_run": null }),
        ),
    ] {
        let sent = service.db.queries();
        for _ in 0..3 {
            let answer = service.get(path).await;
            assert_eq!((answer.status, &answer.body), (StatusCode::OK, expected));
        }
        assert_eq!(service.db.queries(), sent + 1, "{path}");
    }
}

/// F-B14: it was never cached. F-F10: polled, it cost a query each time.
#[tokio::test]
async fn f_f10_an_unknown_instrument_is_looked_for_once_in_five_seconds() {
    let service = Service::start().await;
    let sent = service.db.queries();
    for _ in 0..20 {
        let answer = service.get("/live-data/NONE/script").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(service.db.queries(), sent + 1);
    service
        .behind_its_back("INSERT INTO instruments (name, script) VALUES ('NONE', 'new')")
        .await;
    pass(Duration::from_secs(5)).await;
    assert_eq!(service.get("/live-data/NONE/script").await.body, "new");
}

#[tokio::test]
async fn f_f6_twenty_requests_at_once_are_one_query() {
    let service = std::rc::Rc::new(Service::start().await);
    let sent = service.db.queries();
    let mut requests = JoinSet::new();
    let local = tokio::task::LocalSet::new();
    local
        .run_until(async {
            for _ in 0..20 {
                let service = std::rc::Rc::clone(&service);
                requests
                    .spawn_local(async move { service.get("/live-data/LOQ/script").await.body });
            }
            while let Some(body) = requests.join_next().await {
                assert_eq!(body.unwrap(), "reduce(LOQ)");
            }
        })
        .await;
    assert_eq!(service.db.queries(), sent + 1);
}

/// F-B15, F-B21: a database that is away is a 503 where it is needed, and nothing is cached of it.
#[tokio::test]
async fn a_failed_query_is_an_error_that_is_not_cached() {
    let service = Service::start().await;
    service
        .behind_its_back("ALTER TABLE instruments RENAME TO away")
        .await;
    let failed = service.get("/live-data/LOQ/script").await;
    assert_eq!(failed.status, StatusCode::SERVICE_UNAVAILABLE);
    service
        .behind_its_back("ALTER TABLE away RENAME TO instruments")
        .await;
    assert_eq!(
        service.get("/live-data/LOQ/script").await.body,
        "reduce(LOQ)"
    );
}
