//! A cluster, of which the namespace uses one slot.

use std::sync::Arc;
use std::time::Instant;

use cached_attr_fleet::cluster::{Cluster, map};
use cached_attr_fleet::redis::{OPERATION_TIMEOUT, connect, record_name, until_trusted};
use cached_attr_fleet::server::{Kind, Server};
use cached_attr_runtime::tier::{Delivery, Lookup, RecordKey, Target, Tier, TierError, leader};

use crate::support::*;

/// A replica's tier on this cluster.
async fn tier_of(url: &str) -> Arc<dyn Tier> {
    let tier: Arc<dyn Tier> = Arc::new(connect(url).build().unwrap());
    until_trusted(&*tier).await;
    tier
}

async fn until_away(tier: &Arc<dyn Tier>) {
    eventually("the circuit opens", async || !tier.is_up()).await;
}

#[tokio::test]
async fn all_names_of_a_namespace_are_on_one_node() {
    let cluster = Cluster::start(Kind::Redis).await;
    let user = [
        "ACL", "SETUSER", "app", "on", ">secret", "~*", "&*", "+@all",
    ];
    for node in &cluster.nodes {
        let () = node.command(&user).await;
    }
    let tier = tier_of(&cluster.url().replace("://", "://app:secret@")).await;
    load(&tier, "1", &["tenant:acme"]).await;
    tier.invalidate(Target::tag("tenant:other")).await;
    leader(&tier, "seed")
        .run(|_| async { 1 })
        .await
        .into_ran()
        .unwrap();
    let owner = cluster.owner(&map()).await;
    for (number, node) in cluster.nodes.iter().enumerate() {
        let mut keys: Vec<String> = node.command(&["KEYS", "*"]).await;
        keys.sort();
        if number == owner {
            assert_eq!(keys, ["{shop}:l:seed", "{shop}:m", "{shop}:r:script:LOQ"]);
            let clients: String = node.command(&["CLIENT", "LIST"]).await;
            assert!(clients.contains("user=app"), "{clients}");
        } else {
            assert!(keys.is_empty(), "{keys:?}");
        }
    }
}

#[tokio::test]
async fn namespaces_are_spread_over_the_nodes() {
    let cluster = Cluster::start(Kind::Valkey).await;
    let mut owners = Vec::new();
    let mut tiers = Vec::new();
    for namespace in ["a", "b", "c", "d"] {
        let tier = connect(&cluster.url()).namespace(namespace).build();
        let tier: Arc<dyn Tier> = Arc::new(tier.unwrap());
        until_trusted(&*tier).await;
        load(&tier, namespace, &[]).await;
        let owner = cluster.owner(&format!("{{{namespace}}}:m")).await;
        if !owners.contains(&owner) {
            owners.push(owner);
        }
        tiers.push((namespace, tier));
    }
    assert!(owners.len() > 1, "{owners:?}");
    for (namespace, tier) in tiers {
        assert_eq!(text(&tier).await.as_deref(), Some(namespace));
    }
}

#[tokio::test]
async fn a_server_that_is_not_in_a_cluster_is_away_for_a_clusters_address() {
    let server = Server::start(Kind::Redis);
    let url = server.url().replace("redis://", "redis+cluster://");
    let tier = connect(&url).build().unwrap();
    let read = tier.read(LOOKUP).await;
    assert!(matches!(read, Err(TierError::Unavailable)), "{read:?}");
}

#[tokio::test]
async fn a_slot_that_moves_is_followed_and_revives_nothing() {
    let cluster = Cluster::start(Kind::Redis).await;
    let (reader, writer) = (tier_of(&cluster.url()).await, tier_of(&cluster.url()).await);
    load(&writer, "old", &[]).await;
    assert_eq!(text(&reader).await.as_deref(), Some("old"));
    let before = cluster.owner(&map()).await;

    let moving = cluster.begin_move(&map()).await;
    let record = record_name(KEY).replace("shop:", "{shop}:");
    moving.move_key(&record).await;
    // The old node has it no more, the new one is not the slot's primary yet.
    let read = writer.read(LOOKUP).await;
    assert!(read.is_err(), "{read:?}");
    until_away(&writer).await;
    assert_eq!(writer.invalidate(Target::Key(KEY)).await, Delivery::Queued);
    moving.move_key(&map()).await;
    moving.end(ms(5)).await;
    for tier in [&reader, &writer] {
        until_trusted(&**tier).await;
        assert_eq!(text(tier).await, None);
    }
    load(&writer, "new", &[]).await;
    assert_eq!(text(&reader).await.as_deref(), Some("new"));
    assert_ne!(cluster.owner(&map()).await, before);
}

#[tokio::test]
async fn a_slot_that_valkey_moves_as_a_whole_is_followed() {
    let cluster = Cluster::start(Kind::Valkey).await;
    let tier = tier_of(&cluster.url()).await;
    load(&tier, "old", &[]).await;
    let generation = tier.trust().generation().unwrap();
    let (before, slot) = (cluster.owner(&map()).await, cluster.slot(&map()).await);
    let id = cluster.id((before + 1) % 3).await;
    let moved = [
        "CLUSTER",
        "MIGRATESLOTS",
        "SLOTSRANGE",
        &slot,
        &slot,
        "NODE",
        &id,
    ];
    let () = cluster.nodes[before].command(&moved).await;
    // Nobody sends a command.
    eventually("copies are distrusted", async || {
        !tier.trust().holds(generation)
    })
    .await;
    // That may have been a late heartbeat: the slot itself has to have moved.
    eventually("the new primary answers", async || {
        cluster.owner(&map()).await != before && tier.read(LOOKUP).await.is_ok()
    })
    .await;
    until_trusted(&*tier).await;
    assert_eq!(text(&tier).await, None);
    load(&tier, "new", &[]).await;
}

#[tokio::test]
async fn records_of_a_slot_that_is_moving_are_read_all_or_not_at_all() {
    let cluster = Cluster::start(Kind::Redis).await;
    let tier = tier_of(&cluster.url()).await;
    load(&tier, "1", &[]).await;
    let other = Lookup {
        key: RecordKey {
            name: "script",
            key: "MARI",
        },
        ..LOOKUP
    };
    let both = tier.read_many(&[LOOKUP, other]).await;
    assert!(
        both.len() == 2 && both.iter().all(Result::is_ok),
        "{both:?}"
    );
    let moving = cluster.begin_move(&map()).await;
    let both = tier.read_many(&[LOOKUP, other]).await;
    assert!(
        both.len() == 2 && both.iter().all(Result::is_err),
        "{both:?}"
    );
    until_away(&tier).await;
    // The map is where it was, and yet nothing new can be stored beside it.
    tokio::time::sleep(OPERATION_TIMEOUT + ms(300)).await;
    assert_eq!(tier.stats().connections, 1, "it did not seem to be back");
    for key in [map(), record_name(KEY).replace("shop:", "{shop}:")] {
        moving.move_key(&key).await;
    }
    moving.end(ms(0)).await;
    until_trusted(&*tier).await;
}

#[tokio::test]
async fn an_idle_replica_notices_within_a_heartbeat_that_the_slot_has_left() {
    let cluster = Cluster::start(Kind::Redis).await;
    let tier = tier_of(&cluster.url()).await;
    load(&tier, "1", &[]).await;
    let generation = tier.trust().generation().unwrap();
    let slot = cluster.slot(&map()).await;
    let owner = cluster.owner(&map()).await;
    // Nothing is pushed, and the node goes on being a primary.
    let () = cluster.nodes[owner]
        .command(&["CLUSTER", "DELSLOTS", &slot])
        .await;
    tokio::time::sleep(ms(260)).await;
    assert!(!tier.trust().holds(generation));
    assert!(!tier.is_up());
    let () = cluster.nodes[owner]
        .command(&["CLUSTER", "ADDSLOTS", &slot])
        .await;
    until_trusted(&*tier).await;
    assert!(!tier.trust().holds(generation));
}

#[tokio::test]
async fn a_primary_that_is_killed_is_replaced_and_revives_nothing() {
    let mut cluster = Cluster::start(Kind::Redis).await;
    let owner = cluster.owner(&map()).await;
    cluster.add_replica_of(owner).await;
    let tier = tier_of(&cluster.url()).await;
    load(&tier, "old", &["tenant:acme"]).await;
    let generation = tier.trust().generation().unwrap();
    cluster.nodes[owner].server.kill();
    until_away(&tier).await;
    let delivery = tier.invalidate(Target::tag("tenant:other")).await;
    assert_eq!(delivery, Delivery::Queued);
    until_trusted(&*tier).await;
    assert!(!tier.trust().holds(generation));
    assert_eq!(text(&tier).await, None, "another server's records");
    load(&tier, "new", &[]).await;
    let number: Option<f64> = cluster
        .command(&map(), &["ZSCORE", &map(), "t:tenant:other"])
        .await;
    assert_eq!(
        number,
        Some(1.0),
        "the tag was delivered to the new primary"
    );
}

#[tokio::test]
async fn without_a_primary_for_the_slot_nobody_waits_and_a_seed_that_is_gone_is_not_needed() {
    let mut cluster = Cluster::start(Kind::Redis).await;
    let owner = cluster.owner(&map()).await;
    let seed = (owner + 1) % 3;
    let url = format!(
        "redis+cluster://127.0.0.1:{}",
        cluster.nodes[seed].server.port()
    );
    let tier = tier_of(&url).await;
    load(&tier, "1", &[]).await;
    cluster.nodes[owner].server.kill();
    until_away(&tier).await;
    let began = Instant::now();
    for _ in 0..1_000 {
        let read = tier.read(LOOKUP).await;
        assert!(matches!(read, Err(TierError::Unavailable)), "{read:?}");
    }
    assert!(began.elapsed() < ms(200), "{:?}", began.elapsed());
    assert_eq!(tier.invalidate(Target::Key(KEY)).await, Delivery::Queued);
    // The third node was named by the seed.
    cluster.nodes[seed].server.kill();
    cluster.nodes[owner].server.restart();
    until_trusted(&*tier).await;
    assert_eq!(text(&tier).await, None);
    load(&tier, "2", &[]).await;
    assert_eq!(tier.health().await.undelivered, 0);
}
