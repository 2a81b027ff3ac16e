//! What the environment of the process decides.

use axum::http::StatusCode;
use instrument_api::{Db, fill};
use sqlx::AnyPool;
use tempfile::TempDir;

use crate::program::{get, start};

/// A file with the sample, and its address.
async fn sample() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/db?mode=rwc", folder.path().display());
    fill(&Db::open(&url).unwrap()).await.unwrap();
    (folder, url)
}

/// Variable, path of its reader, and the path of another reader.
const SWITCHES: [(&str, &str, &str); 4] = [
    (
        "LIVE_DATA_INSTRUMENTS_CACHE_TTL_SECONDS",
        "/live-data/instruments",
        "/live-data/LOQ/script",
    ),
    (
        "LIVE_DATA_SCRIPT_CACHE_TTL_SECONDS",
        "/live-data/LOQ/script",
        "/live-data/instruments",
    ),
    (
        "INSTRUMENT_SPEC_CACHE_TTL_SECONDS",
        "/instrument/LOQ/specification",
        "/instrument/LOQ/latest-run",
    ),
    (
        "INSTRUMENT_LATEST_RUN_CACHE_TTL_SECONDS",
        "/instrument/LOQ/latest-run",
        "/instrument/LOQ/specification",
    ),
];

/// F-B9, F-B25.
#[tokio::test]
async fn f_b25_each_variable_at_zero_switches_its_own_reader_off() {
    let (_folder, url) = sample().await;
    for (variable, off, on) in SWITCHES {
        let service = start(&url, &[(variable, "0")]).await;
        for _ in 0..2 {
            get(&service, off).await;
            get(&service, on).await;
        }
        let answer = get(&service, off).await;
        assert_eq!(answer.status, StatusCode::OK, "{variable}");
        assert!(
            answer.cache.contains("fwd=bypass"),
            "{variable}: {answer:?}"
        );
        let answer = get(&service, on).await;
        assert!(answer.cache.contains("; hit"), "{variable}: {answer:?}");
    }
}

#[tokio::test]
async fn f_b25_a_reader_that_is_switched_off_sees_each_change() {
    let (_folder, url) = sample().await;
    let service = start(&url, &[("LIVE_DATA_SCRIPT_CACHE_TTL_SECONDS", "0")]).await;
    let pool = AnyPool::connect(&url).await.unwrap();
    for script in ["one", "two"] {
        sqlx::query("UPDATE instruments SET script = $1")
            .bind(script)
            .execute(&pool)
            .await
            .unwrap();
        assert_eq!(get(&service, "/live-data/LOQ/script").await.body, script);
    }
}

#[tokio::test]
async fn f_b9_a_ttl_that_cannot_be_parsed_stops_the_service_and_is_named() {
    let (_folder, url) = sample().await;
    for value in ["abc", "-1"] {
        let mut service = start(&url, &[(SWITCHES[1].0, value)]).await;
        assert!(service.address.is_none(), "{value}: {}", service.output);
        assert!(!service.succeeds().await);
        assert!(service.output.contains(SWITCHES[1].0), "{}", service.output);
    }
}

#[tokio::test]
async fn at_start_each_ttl_is_printed_with_its_source() {
    let (_folder, url) = sample().await;
    let service = start(&url, &[(SWITCHES[1].0, "90"), (SWITCHES[3].0, "0")]).await;
    for line in [
        "live_data:instruments: cached for 2m (attribute)",
        "live_data:script: cached for 1m 30s (LIVE_DATA_SCRIPT_CACHE_TTL_SECONDS)",
        "instrument:latest_run: not cached (INSTRUMENT_LATEST_RUN_CACHE_TTL_SECONDS)",
    ] {
        let found = service.output.lines().any(|printed| printed == line);
        assert!(found, "{line}: {}", service.output);
    }
}

/// F-B1, F-B2: a nonsense address was silently no cache.
#[tokio::test]
async fn an_address_that_makes_no_sense_stops_the_service_and_a_server_that_is_away_does_not() {
    let (_folder, url) = sample().await;
    let nonsense = start(&url, &[("VALKEY_URL", "http://nope")]).await;
    assert!(nonsense.address.is_none());
    assert!(
        nonsense.output.contains("cannot start"),
        "{}",
        nonsense.output
    );
    let away = start(&url, &[("VALKEY_URL", "redis://127.0.0.1:1")]).await;
    let answer = get(&away, "/live-data/LOQ/script").await;
    assert_eq!(answer.body, "reduce(LOQ)");
}

/// F-B21.
#[tokio::test]
async fn f_b21_without_its_database_the_service_is_alive_and_not_ready() {
    let service = start("postgres://postgres@127.0.0.1:1/postgres", &[]).await;
    assert_eq!(get(&service, "/healthz").await.status, StatusCode::OK);
    assert_eq!(
        get(&service, "/ready").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    let (_folder, url) = sample().await;
    let service = start(&url, &[]).await;
    assert_eq!(get(&service, "/ready").await.status, StatusCode::OK);
}
