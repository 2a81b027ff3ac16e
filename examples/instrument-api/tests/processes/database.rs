//! The service over a real PostgreSQL.

use std::time::Duration;

use axum::http::StatusCode;
use cached_attr::testing::isolate_thread;
use cached_attr_fleet::proxy::{Mode, Proxy};
use instrument_api::{Db, Instrument, put_script, script};
use serde_json::json;
use sqlx::{AnyPool, AssertSqlSafe};

use crate::postgres::{self, Postgres};
use crate::program::{get, put, start};

/// F-B25.
#[tokio::test]
async fn f_b25_every_endpoint_works_and_after_each_put_the_next_get_is_fresh() {
    let server = Postgres::with_sample().await;
    let service = start(&server.url(), &[]).await;
    for (path, body, before, after) in [
        (
            "/live-data/loq/script",
            json!({ "value": "new" }),
            json!("reduce(LOQ)"),
            json!("new"),
        ),
        (
            "/instrument/loq/specification",
            json!({ "merge": false }),
            json!({ "merge": true }),
            json!({ "merge": false }),
        ),
        (
            "/instrument/loq/latest-run",
            json!({ "latest_run": "run 2" }),
            json!({ "latest_run": "run 1" }),
            json!({ "latest_run": "run 2" }),
        ),
    ] {
        for cache in ["fwd=miss", "hit"] {
            let answer = get(&service, path).await;
            assert_eq!(answer.body, before, "{path}");
            assert!(answer.cache.contains(cache), "{path}: {}", answer.cache);
        }
        assert_eq!(put(&service, path, body).await.status, StatusCode::OK);
        assert_eq!(get(&service, path).await.body, after, "{path}");
    }
    for (path, body) in [
        ("/live-data/instruments", json!(["IRIS", "LOQ"])),
        ("/live-data/iris/script", json!(null)),
        ("/jobs/count?instrument=LOQ", json!({ "count": 2 })),
        (
            "/jobs?order=asc&limit=1",
            json!([{ "id": 1, "instrument": "LOQ", "owner": 100, "state": "done" }]),
        ),
        ("/experiments", json!(["RB2010001", "RB2010002"])),
        ("/packages/fia/reducer", json!(["1.0.0", "1.1.0"])),
    ] {
        let answer = get(&service, path).await;
        assert_eq!(
            (answer.status, answer.body),
            (StatusCode::OK, body),
            "{path}"
        );
    }
}

/// Waits until a connection of the server is in this state.
pub(crate) async fn until(pool: &AnyPool, state: &str) {
    let statement = format!("SELECT COUNT(*) FROM pg_stat_activity WHERE {state}");
    for _ in 0..500 {
        let connections: i64 = sqlx::query_scalar(AssertSqlSafe(statement.clone()))
            .fetch_one(pool)
            .await
            .unwrap();
        if connections > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no connection with {state}");
}

/// F-F1: a reader that had read before a PUT stored the old script after it.
#[tokio::test]
async fn f_f1_a_read_that_is_slower_than_a_put_does_not_bring_the_old_script_back() {
    let _caches = isolate_thread();
    let server = Postgres::with_sample().await;
    let (direct, loq) = (server.db(), Instrument::from("LOQ"));
    let line = Proxy::start(server.port()).await;
    let slow = Db::open(&postgres::url(line.port())).unwrap();
    // Connected, and the statement prepared: what is held back is the row.
    let warm = script(&slow, &Instrument::from("IRIS")).await.unwrap();
    assert_eq!(warm.unwrap().script, None);

    let pool = AnyPool::connect(&server.url()).await.unwrap();
    let mut lock = pool.begin().await.unwrap();
    sqlx::query("LOCK TABLE instruments IN ACCESS EXCLUSIVE MODE")
        .execute(&mut *lock)
        .await
        .unwrap();
    let reading = {
        let (slow, loq) = (slow.clone(), loq.clone());
        tokio::spawn(async move { script(&slow, &loq).await })
    };
    until(&pool, "wait_event_type = 'Lock'").await;
    line.set(Mode::AnswersStalled);
    lock.rollback().await.unwrap();
    // The server has read the row and answered.
    until(&pool, "query LIKE 'SELECT script%' AND state = 'idle'").await;
    put_script(&direct, &loq, "new").await.unwrap();
    line.set(Mode::Working);
    let late = reading.await.unwrap().unwrap().unwrap();
    assert_eq!(
        late.script.as_deref(),
        Some("reduce(LOQ)"),
        "it read before"
    );

    let after = script(&direct, &loq).await.unwrap().unwrap();
    assert_eq!(after.script.as_deref(), Some("new"));
}

/// F-B15, F-B21: what is cached is served without the database.
#[tokio::test]
async fn f_b21_while_the_database_is_away_hits_are_served_and_afterwards_everything_works() {
    let mut server = Postgres::with_sample().await;
    let service = start(&server.url(), &[]).await;
    assert_eq!(get(&service, "/ready").await.status, StatusCode::OK);
    get(&service, "/live-data/LOQ/script").await;
    server.stop();
    assert_eq!(
        get(&service, "/ready").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    let hit = get(&service, "/live-data/LOQ/script").await;
    assert_eq!(
        (hit.status, hit.body),
        (StatusCode::OK, json!("reduce(LOQ)"))
    );
    let miss = get(&service, "/live-data/IRIS/script").await;
    assert_eq!(miss.status, StatusCode::SERVICE_UNAVAILABLE);
    server.restart().await;
    let back = get(&service, "/live-data/IRIS/script").await;
    assert_eq!((back.status, back.body), (StatusCode::OK, json!(null)));
}
