//! Values, types and permissions that are not as they should be: each costs a load, and nothing else.

use std::sync::Arc;

use cached_attr_fleet::redis::{RedisFleet, connect};
use cached_attr_fleet::server::{Kind, Server};
use cached_attr_runtime::tier::{Delivery, Found, Target, Tier, TierError, leader};

use crate::support::*;

#[tokio::test]
async fn garbage_and_other_types_are_misses_and_are_overwritten() {
    let fleet = RedisFleet::start(Kind::Redis);
    let tier = replica(&fleet).await;
    let name = "shop:r:script:LOQ";
    let token = "000102030405060708090a0b0c0d0e0f";
    let wrong = [
        vec!["SET", name, "garbage"],
        vec!["SET", name, ""],
        vec!["SET", name, "ca1\n"],
        vec!["SET", name, "ca1 json-1 x y z - - - - - - - -\n{}"],
        vec!["SET", name, "ca0 json-1 1 1 1 1 - 1 - 1 1 - -\n{}"],
        vec!["LPUSH", name, "1"],
        vec!["HSET", name, "a", "1"],
        vec!["ZADD", name, "1", "a"],
    ];
    for command in wrong {
        let _: cached_attr_fleet::redis::Answer = fleet.command(&command).await;
        let found = tier.read(LOOKUP).await.unwrap().found;
        assert_eq!(found, Found::Nothing { declined: None }, "{command:?}");
        load(&tier, "1", &[]).await;
        assert_eq!(text(&tier).await.as_deref(), Some("1"), "{command:?}");
        assert_eq!(tier.invalidate(Target::Key(KEY)).await, Delivery::Done);
    }
    // Headers that only the scripts would take for a record's.
    for (life, tags) in [("1e999", "-"), ("60000", "%zz")] {
        let dated = "99999999999999";
        let record = format!("ca1 json-1 1 1 {life} 1 {token} {dated} - 0 0 - {tags}\n{{}}");
        let () = fleet.command(&["SET", name, &record]).await;
        assert_eq!(text(&tier).await, None);
        load(&tier, "1", &[]).await;
        assert_eq!(text(&tier).await.as_deref(), Some("1"));
    }
}

#[tokio::test]
async fn a_map_or_a_leader_of_another_type_is_made_anew() {
    let fleet = RedisFleet::start(Kind::Redis);
    let tier = replica(&fleet).await;
    load(&tier, "old", &[]).await;
    let () = fleet.command(&["SET", "shop:m", "garbage"]).await;
    assert_eq!(text(&tier).await, None);
    tier.invalidate(Target::Key(KEY)).await;
    load(&tier, "new", &[]).await;
    assert_eq!(text(&tier).await.as_deref(), Some("new"));
    let () = fleet.command(&["SET", "shop:m", "garbage"]).await;
    assert_eq!(tier.invalidate(Target::tag("a")).await, Delivery::Done);
    assert_eq!(text(&tier).await, None);
    let () = fleet.command(&["SET", "shop:l:seed", "garbage"]).await;
    assert_eq!(
        leader(&tier, "seed").run(|_| async { 1 }).await.into_ran(),
        Some(1)
    );
}

#[tokio::test]
async fn scripts_that_the_server_forgot_are_sent_again() {
    let fleet = RedisFleet::start(Kind::Redis);
    let tier = replica(&fleet).await;
    let () = fleet.command(&["SCRIPT", "FLUSH"]).await;
    load(&tier, "1", &[]).await;
    assert_eq!(text(&tier).await.as_deref(), Some("1"));
    assert_eq!(tier.invalidate(Target::Key(KEY)).await, Delivery::Done);
}

#[tokio::test]
async fn a_wrong_password_is_a_server_that_is_away() {
    let server = Server::start_with(Kind::Redis, &["--requirepass", "secret"]);
    let right = connect(&server.url().replace("redis://", "redis://:secret@"))
        .build()
        .unwrap();
    eventually("the right password is taken", async || right.is_up()).await;
    for url in [
        server.url(),
        server.url().replace("redis://", "redis://:wrong@"),
    ] {
        let tier = connect(&url).build().unwrap();
        let read = tier.read(LOOKUP).await;
        assert!(matches!(read, Err(TierError::Unavailable)), "{read:?}");
        assert!(!tier.is_up());
    }
}

#[tokio::test]
async fn a_node_of_a_cluster_is_a_server_that_is_away() {
    let server = Server::start_with(Kind::Redis, &["--cluster-enabled", "yes"]);
    let tier = connect(&server.url()).build().unwrap();
    let read = tier.read(LOOKUP).await;
    assert!(matches!(read, Err(TierError::Unavailable)), "{read:?}");
}

#[tokio::test]
async fn a_read_only_replica_is_a_server_that_is_away() {
    let primary = Server::start(Kind::Redis);
    let port = primary.port().to_string();
    let replica = Server::start_with(Kind::Redis, &["--replicaof", "127.0.0.1", &port]);
    let tier = connect(&replica.url()).build().unwrap();
    let read = tier.read(LOOKUP).await;
    assert!(matches!(read, Err(TierError::Unavailable)), "{read:?}");
    assert_eq!(tier.invalidate(Target::Key(KEY)).await, Delivery::Queued);
}

#[tokio::test]
async fn a_value_over_the_limit_is_not_sent() {
    let fleet = RedisFleet::start(Kind::Redis);
    let tier: Arc<dyn Tier> = Arc::new(fleet.direct().max_value(10).build().unwrap());
    let lease = lease(&tier).await.unwrap();
    let filled = tier.fill(fill(lease, b"12345678901", &[])).await;
    assert!(
        matches!(filled, Err(TierError::TooLarge { limit: 10 })),
        "{filled:?}"
    );
    assert!(tier.fill(fill(lease, b"1234567890", &[])).await.is_ok());
}
