//! Experiments and packages.

use std::time::Duration;

use axum::http::StatusCode;
use instrument_api::experiments_cache;
use serde_json::json;

use crate::support::Service;

#[tokio::test]
async fn f_b17_experiments_that_cannot_be_looked_up_are_none_for_this_request_only() {
    let service = Service::start().await;
    service
        .behind_its_back("ALTER TABLE experiments RENAME TO away")
        .await;
    let failed = service.get("/experiments").await;
    assert_eq!((failed.status, failed.body), (StatusCode::OK, json!([])));
    service
        .behind_its_back("ALTER TABLE away RENAME TO experiments")
        .await;
    let found = service.get("/experiments").await;
    assert_eq!(found.body, json!(["RB2010001", "RB2010002"]));
}

#[tokio::test]
async fn f_b18_an_empty_list_of_packages_is_cached_and_a_failure_is_not() {
    let service = Service::start().await;
    let path = "/packages/fia/unpublished";
    service
        .behind_its_back("ALTER TABLE packages RENAME TO away")
        .await;
    assert_eq!(
        service.get(path).await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    service
        .behind_its_back("ALTER TABLE away RENAME TO packages")
        .await;
    let sent = service.db.queries();
    for _ in 0..3 {
        let empty = service.get(path).await;
        assert_eq!((empty.status, empty.body), (StatusCode::OK, json!([])));
    }
    assert_eq!(service.db.queries(), sent + 1);
}

/// F-F12: it stopped the writes, and what had been written was served on.
#[tokio::test]
async fn f_f12_a_ttl_of_zero_stops_reads_as_well_as_writes() {
    let service = Service::start().await;
    assert_eq!(
        service.get("/experiments").await.body,
        json!(["RB2010001", "RB2010002"])
    );
    experiments_cache().set_ttl(Duration::ZERO);
    service.behind_its_back("DELETE FROM experiments").await;
    assert_eq!(service.get("/experiments").await.body, json!([]));
}
