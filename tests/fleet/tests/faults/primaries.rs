//! Which server is the primary changes.

use std::path::Path;

use cached_attr_fleet::redis::{RedisFleet, connect, until_trusted};
use cached_attr_fleet::server::{Kind, Server};
use cached_attr_runtime::tier::{Delivery, Target, Tier};

use crate::support::*;

#[tokio::test]
async fn a_demoted_primary_is_not_trusted() {
    let fleet = RedisFleet::start(Kind::Redis);
    let tier = replica(&fleet).await;
    let generation = tier.trust().generation().unwrap();
    let new_primary = Server::start(Kind::Redis);
    let port = new_primary.port().to_string();
    let () = fleet.command(&["REPLICAOF", "127.0.0.1", &port]).await;
    // It goes on answering PING, and pushes nothing.
    tokio::time::sleep(ms(260)).await;
    assert!(!tier.trust().holds(generation));
    eventually("the circuit opens", async || !tier.is_up()).await;
    let () = fleet.command(&["REPLICAOF", "NO", "ONE"]).await;
    until_trusted(&*tier).await;
    assert!(!tier.trust().holds(generation));
}

/// A sentinel that watches this primary under the name `shop-cache`.
fn sentinel(primary: &Server, folder: &Path) -> Server {
    let config = folder.join("sentinel.conf");
    let lines = format!(
        "sentinel monitor shop-cache 127.0.0.1 {} 1\n\
         sentinel down-after-milliseconds shop-cache 500\n\
         sentinel failover-timeout shop-cache 2000\n",
        primary.port()
    );
    std::fs::write(&config, lines).unwrap();
    Server::start_sentinel(&config)
}

#[tokio::test]
async fn a_failover_by_sentinel_is_followed_and_revives_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at_once = ["--repl-diskless-sync-delay", "0"];
    let mut primary = RedisFleet::of(Server::start_with(Kind::Redis, &at_once));
    let port = primary.server.port().to_string();
    let secondary = Server::start_with(Kind::Redis, &["--replicaof", "127.0.0.1", &port]);
    eventually("the secondary follows", async || {
        let info: String = primary.command(&["INFO", "replication"]).await;
        info.contains("state=online")
    })
    .await;
    // It looks for secondaries when it starts, and then every ten seconds.
    let sentinel = RedisFleet::of(sentinel(&primary.server, folder.path()));
    eventually("the sentinel has found the secondary", async || {
        let master: String = sentinel.command(&["INFO", "sentinel"]).await;
        master.contains("slaves=1")
    })
    .await;
    let url = format!(
        "redis+sentinel://127.0.0.1:1,127.0.0.1:{}/shop-cache",
        sentinel.server.port()
    );
    let tier: std::sync::Arc<dyn Tier> = std::sync::Arc::new(connect(&url).build().unwrap());
    until_trusted(&*tier).await;
    load(&tier, "old", &["tenant:acme"]).await;
    let generation = tier.trust().generation().unwrap();

    primary.server.kill();
    eventually("the circuit opens", async || !tier.is_up()).await;
    assert_eq!(
        tier.invalidate(Target::tag("tenant:other")).await,
        Delivery::Queued
    );
    until_trusted(&*tier).await;
    assert!(!tier.trust().holds(generation));
    assert_eq!(
        text(&tier).await,
        None,
        "another server's records are not taken over"
    );
    load(&tier, "new", &[]).await;
    let at_the_new_primary = RedisFleet::of(secondary);
    let raw: Option<String> = at_the_new_primary
        .command(&["GET", "shop:r:script:LOQ"])
        .await;
    assert!(raw.is_some_and(|raw| raw.ends_with("\nnew")));
}
