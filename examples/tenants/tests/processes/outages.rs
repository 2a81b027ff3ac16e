//! A server that is away at start, later, and back again.

use std::time::{Duration, Instant};

use crate::replica::{Fleet, eventually, get, json, post};

/// K-F9: a server that hung blocked the start for ever.
#[tokio::test]
async fn k_f9_a_server_that_hangs_does_not_hold_up_the_start() {
    let fleet = Fleet::start();
    fleet.redis.server.freeze();
    let began = Instant::now();
    let replica = fleet.replica().await;
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    // Nobody can be elected: it is seeded by whoever starts next.
    assert!(
        replica.output.starts_with("not seeded"),
        "{}",
        replica.output
    );
    assert_eq!(
        get(&replica, "/tenant_settings?tenant=acme").await.status,
        200
    );
    fleet.redis.server.thaw();
}

/// K-B25, K-F8: it was looked at once, at start.
#[tokio::test]
async fn k_f8_whether_the_tier_is_up_follows_the_server_both_ways() {
    let mut fleet = Fleet::start();
    fleet.redis.server.kill();
    let replica = fleet.replica().await;
    let is_up = async || json(&get(&replica, "/status").await)["tier_is_up"] == true;
    assert!(!is_up().await);
    assert_eq!(
        get(&replica, "/tenant_settings?tenant=acme").await.status,
        200
    );
    fleet.redis.server.restart();
    eventually("up", is_up).await;
    fleet.redis.server.kill();
    eventually("down", async || !is_up().await).await;
    assert_eq!(
        get(&replica, "/tenant_settings?tenant=globex").await.status,
        200
    );
    fleet.redis.server.restart();
    eventually("up again", is_up).await;
}

/// K-F12: the document was saved, and then the answer was a 500.
#[tokio::test]
async fn k_f12_a_change_while_the_server_is_away_is_saved_and_answered() {
    let mut fleet = Fleet::start();
    let replica = fleet.replica().await;
    let settings = "/tenant_settings?tenant=acme";
    assert_eq!(json(&get(&replica, settings).await)["colour"], "red");
    fleet.redis.server.kill();
    let changed = post(&replica, settings, r#"{ "colour": "white" }"#).await;
    assert_eq!(
        (changed.status, &json(&changed)["colour"]),
        (200, &"white".into())
    );
    assert_eq!(json(&get(&replica, settings).await)["colour"], "white");
}
