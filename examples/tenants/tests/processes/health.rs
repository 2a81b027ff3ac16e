//! The health check over a real server.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::replica::{Fleet, eventually, get, json};

const WITH_CACHE: [(&str, &str); 1] = [("CACHE_HEALTHCHECK", "true")];

#[tokio::test]
async fn k_b21_the_check_fails_while_the_tier_is_down_and_the_service_goes_on_serving() {
    let mut fleet = Fleet::start();
    let replica = fleet.replica_with(&WITH_CACHE).await;
    let settings = "/tenant_settings?tenant=acme";
    eventually("the tier is up", async || {
        get(&replica, "/healthcheck").await.status == 200
    })
    .await;

    fleet.redis.server.kill();
    let ill = get(&replica, "/healthcheck").await;
    assert_eq!(
        (ill.status, json(&ill)),
        (503, json!({ "detail": "the shared tier does not answer" }))
    );
    assert_eq!(get(&replica, settings).await.status, 200);

    fleet.redis.server.restart();
    eventually("the tier is back", async || {
        get(&replica, "/healthcheck").await.status == 200
    })
    .await;
    let well = get(&replica, "/healthcheck").await;
    assert_eq!(json(&well), json!({ "status": "ok" }));
}

/// Not opted into, the tier is no part of it.
#[tokio::test]
async fn k_b21_without_the_option_the_tier_is_not_looked_at() {
    let fleet = Fleet::start();
    let replica = fleet.replica_at("redis://127.0.0.1:1", &[]).await;
    assert_eq!(get(&replica, "/healthcheck").await.status, 200);
}

/// K-F9: without timeouts the probe hung.
#[tokio::test]
async fn k_f9_a_server_that_hangs_is_down_within_half_a_second() {
    let fleet = Fleet::start();
    let replica = fleet.replica_with(&WITH_CACHE).await;
    eventually("the tier is up", async || {
        get(&replica, "/healthcheck").await.status == 200
    })
    .await;
    fleet.redis.server.freeze();
    for _ in 0..3 {
        let asked = Instant::now();
        assert_eq!(get(&replica, "/healthcheck").await.status, 503);
        assert!(
            asked.elapsed() < Duration::from_millis(500),
            "{:?}",
            asked.elapsed()
        );
    }
    fleet.redis.server.thaw();
    eventually("it is back", async || {
        get(&replica, "/healthcheck").await.status == 200
    })
    .await;
}

/// K-F10: each probe left a connection behind.
#[tokio::test]
async fn k_f10_probes_use_the_connections_that_there_are() {
    let fleet = Fleet::start();
    let replica = fleet.replica_with(&WITH_CACHE).await;
    eventually("the tier is up", async || {
        get(&replica, "/healthcheck").await.status == 200
    })
    .await;
    let connections = async || {
        let list: String = fleet.redis.command(&["CLIENT", "LIST"]).await;
        list.lines().count()
    };
    let before = connections().await;
    for _ in 0..20 {
        assert_eq!(get(&replica, "/healthcheck").await.status, 200);
    }
    assert!(connections().await <= before, "{before} before");
}
