//! The service over a real PostgreSQL.

use std::time::Duration;

use axum::http::StatusCode;
use cached_attr::testing::isolate_thread;
use instrument_api::{Db, Instrument, put_script, script};
use serde_json::json;
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe};

use crate::postgres::Postgres;
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

/// Waits until a table has such a row; the server's connections are the rows of `pg_stat_activity`.
pub(crate) async fn until(pool: &AnyPool, table: &str, condition: &str) {
    let statement = format!("SELECT COUNT(*) FROM {table} WHERE {condition}");
    for _ in 0..500 {
        let rows: i64 = sqlx::query_scalar(AssertSqlSafe(statement.clone()))
            .fetch_one(pool)
            .await
            .unwrap();
        if rows > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("no row of {table} with {condition}");
}

/// A view in front of the table, for those who look into the schema `slow`: it has read a script, and then waits.
const SLOW: &str = "
    CREATE SCHEMA slow;
    CREATE FUNCTION slow.held(text TEXT) RETURNS TEXT LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN text; END';
    CREATE VIEW slow.instruments AS SELECT name, slow.held(script) AS script FROM public.instruments;
";

/// F-F1: a reader that had read before a PUT stored the old script after it.
#[tokio::test]
async fn f_f1_a_read_that_is_slower_than_a_put_does_not_bring_the_old_script_back() {
    let _caches = isolate_thread();
    let server = Postgres::with_sample().await;
    let pool = AnyPool::connect(&server.url()).await.unwrap();
    let run = async |connection: &mut AnyConnection, statement: &'static str| {
        sqlx::raw_sql(statement).execute(connection).await.unwrap();
    };
    let mut holder = pool.acquire().await.unwrap();
    run(&mut holder, SLOW).await;
    run(&mut holder, "DO 'BEGIN PERFORM pg_advisory_lock(1); END'").await;

    let (direct, loq) = (server.db(), Instrument::from("LOQ"));
    let slow = format!("{}?options[search_path]=slow", server.url());
    let slow = Db::open(&slow).unwrap();
    let reading = {
        let loq = loq.clone();
        tokio::spawn(async move { script(&slow, &loq).await })
    };
    until(&pool, "pg_stat_activity", "wait_event = 'advisory'").await;
    put_script(&direct, &loq, "new").await.unwrap();
    run(&mut holder, "DO 'BEGIN PERFORM pg_advisory_unlock(1); END'").await;
    let late = reading.await.unwrap().unwrap().unwrap();
    assert_eq!(late.script.as_deref(), Some("reduce(LOQ)"), "it had read");

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
