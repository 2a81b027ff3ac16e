//! Replicas that share a tier.

use std::fs;
use std::time::SystemTime;

use cached_attr_fleet::program::Program;
use cached_attr_fleet::proxy::{Mode, Proxy};
use serde_json::json;

use crate::replica::{Fleet, eventually, get, json, post};

const ACME: &str = "/tenant_settings?tenant=acme";

async fn at(replica: &Program, host: &str) -> u16 {
    let host = [("X-Forwarded-Host", host)];
    replica.send("GET", "/settings", &host, "").await.status
}

async fn reads(replica: &Program) -> u64 {
    json(&get(replica, "/status").await)["reads"]
        .as_u64()
        .unwrap()
}

/// K-B7, K-B8, K-B9: what is shared are the overrides, with an end.
#[tokio::test]
async fn k_b8_a_document_that_one_replica_has_read_is_a_hit_for_another() {
    let fleet = Fleet::start();
    let (a, b) = (fleet.replica().await, fleet.replica().await);
    post(&a, ACME, r#"{ "page_size": 50 }"#).await;
    get(&a, ACME).await;
    let before = reads(&b).await;
    assert_eq!(json(&get(&b, ACME).await)["page_size"], 50);
    assert_eq!(reads(&b).await, before);

    let key = "shop:r:tenant_settings:acme";
    let record: String = fleet.redis.command(&["GET", key]).await;
    let row = record.split_once('\n').unwrap().1;
    let row: serde_json::Value = serde_json::from_str(row).unwrap();
    assert_eq!(
        row,
        json!({ "name": "Acme", "hosts": ["acme.example.com"], "colour": "red", "page_size": 50 }),
        "no default"
    );
    let left: i64 = fleet.redis.command(&["TTL", key]).await;
    assert!((3500..=3600).contains(&left), "{left}");
}

/// A change reaches every replica's memory: the settings by their key, and the hosts by their tag.
#[tokio::test]
async fn a_change_through_one_replica_is_seen_by_the_other() {
    let fleet = Fleet::start();
    let (a, b) = (fleet.replica().await, fleet.replica().await);
    for _ in 0..2 {
        assert_eq!(at(&b, "acme.example.com").await, 200);
        assert_eq!(at(&b, "acme.example.org").await, 404);
    }
    post(&a, ACME, r#"{ "hosts": ["acme.example.org"] }"#).await;
    eventually("the old host is nobody's", async || {
        at(&b, "acme.example.com").await == 404
    })
    .await;
    eventually("the new host is known", async || {
        at(&b, "acme.example.org").await == 200
    })
    .await;
}

/// K-F12: the old row was there when the server was back, for ever.
#[tokio::test]
async fn k_f12_a_change_by_a_replica_that_is_cut_off_is_delivered_afterwards() {
    let fleet = Fleet::start();
    let line = Proxy::start(fleet.redis.server.port()).await;
    let (a, b) = (
        fleet.replica_at(&line.url(), &[]).await,
        fleet.replica().await,
    );
    for replica in [&a, &b] {
        assert_eq!(json(&get(replica, ACME).await)["colour"], "red");
    }
    line.set(Mode::Cut);
    assert_eq!(post(&a, ACME, r#"{ "colour": "white" }"#).await.status, 200);
    assert_eq!(json(&get(&a, ACME).await)["colour"], "white");
    line.set(Mode::Working);
    let took = eventually("delivered", async || {
        json(&get(&b, ACME).await)["colour"] == "white"
    })
    .await;
    assert!(took.as_secs() < 2, "{took:?}");
}

/// K-B22: the row's life is the session's, under the project's name.
#[tokio::test]
async fn k_b22_a_session_is_shared_until_its_own_end() {
    let fleet = Fleet::start();
    let (a, b) = (fleet.replica().await, fleet.replica().await);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let row = json!({ "user": "ada", "expires_at": now.unwrap().as_secs() + 600 });
    let folder = fleet.folder.path().join("sessions/acme");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("s1.json"), row.to_string()).unwrap();

    let headers = [("X-Tenant", "acme"), ("X-Session", "s1")];
    let first = a.send("GET", "/session", &headers, "").await;
    assert_eq!(json(&first)["user"], "ada");
    let left: i64 = fleet
        .redis
        .command(&["TTL", "shop:r:user_session:acme:s1"])
        .await;
    assert!((590..=600).contains(&left), "{left}");
    fs::remove_file(folder.join("s1.json")).unwrap();
    let second = b.send("GET", "/session", &headers, "").await;
    assert_eq!(json(&second)["user"], "ada");
}
