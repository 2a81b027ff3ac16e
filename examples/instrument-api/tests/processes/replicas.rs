//! Replicas that share a tier.

use std::time::Duration;

use axum::http::StatusCode;
use cached_attr_fleet::program::Program;
use cached_attr_fleet::proxy::{Mode, Proxy};
use serde_json::{Value, json};

use crate::program::{get, put};
use crate::shared::{Database, Fleet, eventually, record};

const SCRIPT: &str = "/live-data/LOQ/script";

/// F-B26, F-F8: what one replica has loaded is a hit for the other, with every type as it was.
#[tokio::test]
async fn f_b26_a_record_of_one_replica_is_a_hit_for_another_with_the_database_stopped() {
    let mut fleet = Fleet::over_postgres().await;
    let (a, b) = (fleet.replica(&[]).await, fleet.replica(&[]).await);
    let spec = json!({ "merge": false, "layers": [1, 2.5, null, true], "by id": { "7": "seven" }, "text": "é\n" });
    put(&a, "/instrument/LOQ/specification", spec.clone()).await;
    let expected = [
        ("/live-data/instruments", json!(["IRIS", "LOQ"])),
        (SCRIPT, json!("reduce(LOQ)")),
        ("/instrument/LOQ/specification", spec),
        (
            "/instrument/LOQ/latest-run",
            json!({ "latest_run": "run 1" }),
        ),
        // What is absent is a value.
        ("/live-data/IRIS/script", Value::Null),
        ("/instrument/IRIS/specification", Value::Null),
        ("/instrument/IRIS/latest-run", json!({ "latest_run": null })),
    ];
    for (path, body) in &expected {
        assert_eq!(get(&a, path).await.body, *body, "{path}");
    }
    let Database::Server(server) = &mut fleet.database else {
        unreachable!()
    };
    server.stop();
    for (path, body) in &expected {
        let answer = get(&b, path).await;
        assert_eq!(
            (answer.status, &answer.body),
            (StatusCode::OK, body),
            "{path}"
        );
        assert!(answer.cache.contains("hit"), "{path}: {}", answer.cache);
    }
}

#[tokio::test]
async fn f_b26_a_put_through_one_replica_is_seen_by_the_other() {
    let fleet = Fleet::over_file().await;
    let (a, b) = (fleet.replica(&[]).await, fleet.replica(&[]).await);
    for (path, new, read) in [
        (SCRIPT, json!({ "value": "new" }), json!("new")),
        (
            "/instrument/LOQ/specification",
            json!({ "v": 2 }),
            json!({ "v": 2 }),
        ),
        (
            "/instrument/LOQ/latest-run",
            json!({ "latest_run": "run 2" }),
            json!({ "latest_run": "run 2" }),
        ),
    ] {
        // Twice: the second answer is from memory.
        for _ in 0..2 {
            assert_ne!(get(&b, path).await.body, read);
        }
        assert_eq!(put(&a, path, new).await.status, StatusCode::OK);
        eventually(
            &format!("{path} is new"),
            Duration::from_millis(250),
            async || get(&b, path).await.body == read,
        )
        .await;
    }
}

#[tokio::test]
async fn f_b26_a_replica_whose_ttl_is_zero_invalidates_what_others_have() {
    let fleet = Fleet::over_file().await;
    let off = [("LIVE_DATA_SCRIPT_CACHE_TTL_SECONDS", "0")];
    let (a, b) = (fleet.replica(&off).await, fleet.replica(&[]).await);
    for _ in 0..2 {
        assert_eq!(get(&b, SCRIPT).await.body, "reduce(LOQ)");
    }
    assert!(get(&a, SCRIPT).await.cache.contains("fwd=bypass"));
    put(&a, SCRIPT, json!({ "value": "new" })).await;
    eventually(
        "the script is new",
        Duration::from_millis(250),
        async || get(&b, SCRIPT).await.body == "new",
    )
    .await;
}

/// F-F2: a second long, what was invalidated was there as `null`.
#[tokio::test]
async fn f_f2_what_is_invalidated_is_absent() {
    let fleet = Fleet::over_file().await;
    let a = fleet.replica(&[]).await;
    get(&a, SCRIPT).await;
    let key = record("live_data:script", "LOQ");
    assert_eq!(fleet.redis.command::<u32>(&["EXISTS", &key]).await, 1);
    put(&a, SCRIPT, json!({ "value": "new" })).await;
    assert_eq!(fleet.redis.command::<u32>(&["EXISTS", &key]).await, 0);
}

/// F-B11, F-F7: a record of another shape was served as `null`.
#[tokio::test]
async fn f_f7_a_record_of_another_shape_is_a_miss_and_is_overwritten() {
    let fleet = Fleet::over_file().await;
    let key = record("live_data:script", "LOQ");
    let a = fleet.replica(&[]).await;
    get(&a, SCRIPT).await;
    let text: String = fleet.redis.command(&["GET", &key]).await;
    let (head, payload) = text.split_once('\n').unwrap();
    assert_eq!(payload, r#"{"script":"reduce(LOQ)"}"#);
    for drifted in [
        format!("{head}\n{}", r#"{"Script":"x"}"#),
        format!("{head}\nnot JSON"),
        r#"{"script":"x"}"#.to_owned(),
        String::new(),
    ] {
        fleet.redis.command::<()>(&["SET", &key, &drifted]).await;
        let b = fleet.replica(&[]).await;
        assert_eq!(get(&b, SCRIPT).await.body, "reduce(LOQ)", "{drifted:?}");
        let mended: String = fleet.redis.command(&["GET", &key]).await;
        assert!(mended.ends_with(payload), "{mended}");
    }
}

async fn tier_is_up(service: &Program) -> bool {
    get(service, "/status").await.body["tier_is_up"] == true
}

/// F-F3: one timeout switched the cache off for the life of the process. F-B3, F-B15.
#[tokio::test]
async fn f_f3_after_the_server_has_hung_or_restarted_records_are_shared_again() {
    let mut fleet = Fleet::over_file().await;
    let a = fleet.replica(&[]).await;
    let key = record("instrument:latest_run", "LOQ");
    let is_shared = async |fleet: &Fleet| {
        get(&a, "/instrument/LOQ/latest-run").await;
        fleet.redis.command::<u32>(&["EXISTS", &key]).await == 1
    };
    assert!(is_shared(&fleet).await);

    fleet.redis.server.freeze();
    assert_eq!(get(&a, SCRIPT).await.body, "reduce(LOQ)");
    tokio::time::sleep(Duration::from_secs(1)).await;
    fleet.redis.server.thaw();
    fleet.redis.command::<()>(&["DEL", &key]).await;
    eventually(
        "shared after the freeze",
        Duration::from_secs(2),
        async || tier_is_up(&a).await && is_shared(&fleet).await,
    )
    .await;

    fleet.redis.server.kill();
    assert_eq!(get(&a, SCRIPT).await.body, "reduce(LOQ)");
    fleet.redis.server.restart();
    eventually(
        "shared after the restart",
        Duration::from_secs(2),
        async || tier_is_up(&a).await && is_shared(&fleet).await,
    )
    .await;
}

/// F-F4: a replica that was cut off dropped its invalidations.
#[tokio::test]
async fn f_f4_an_invalidation_while_a_replica_is_cut_off_is_delivered_afterwards() {
    let fleet = Fleet::over_file().await;
    let line = Proxy::start(fleet.redis.server.port()).await;
    let (a, b) = (
        fleet.replica_at(&line.url(), &[]).await,
        fleet.replica(&[]).await,
    );
    for _ in 0..2 {
        assert_eq!(get(&b, SCRIPT).await.body, "reduce(LOQ)");
    }
    line.set(Mode::Cut);
    let put = put(&a, SCRIPT, json!({ "value": "new" })).await;
    assert_eq!(put.status, StatusCode::OK);
    assert_eq!(get(&a, SCRIPT).await.body, "new");
    assert_eq!(get(&b, SCRIPT).await.body, "reduce(LOQ)", "it cannot know");
    line.set(Mode::Working);
    eventually("delivered", Duration::from_secs(2), async || {
        get(&b, SCRIPT).await.body == "new"
    })
    .await;
}

/// F-F5: one request that waited for the server stopped all others.
#[tokio::test]
async fn f_f5_while_the_server_hangs_other_requests_are_not_held_up() {
    let fleet = Fleet::over_file().await;
    // One thread for all requests.
    let a = fleet.replica(&[("TOKIO_WORKER_THREADS", "1")]).await;
    eventually("the tier is up", Duration::from_secs(2), async || {
        tier_is_up(&a).await
    })
    .await;
    fleet.redis.server.freeze();
    let others = async {
        let mut slowest = Duration::ZERO;
        for _ in 0..10 {
            let asked = std::time::Instant::now();
            assert_eq!(get(&a, "/healthz").await.status, StatusCode::OK);
            slowest = slowest.max(asked.elapsed());
        }
        slowest
    };
    let (answer, slowest) = tokio::join!(get(&a, SCRIPT), others);
    fleet.redis.server.thaw();
    assert_eq!(answer.body, "reduce(LOQ)");
    // The operation timeout is 250 ms.
    assert!(slowest < Duration::from_millis(100), "{slowest:?}");
}

/// F-F9: a line for each miss, and for each operation while the cache was off.
#[tokio::test]
async fn f_f9_an_outage_of_two_hundred_requests_is_logged_in_a_few_lines() {
    let mut fleet = Fleet::over_file().await;
    let a = fleet.replica(&[]).await;
    eventually("the tier is up", Duration::from_secs(2), async || {
        tier_is_up(&a).await
    })
    .await;
    fleet.redis.server.kill();
    for number in 0..200 {
        get(&a, &format!("/live-data/NONE{number}/script")).await;
    }
    fleet.redis.server.restart();
    eventually("it is back", Duration::from_secs(2), async || {
        tier_is_up(&a).await
    })
    .await;
    let log = a.kill().await;
    assert!((1..=6).contains(&log.lines().count()), "{log}");
    assert!(!log.contains("NONE"), "{log}");
}
