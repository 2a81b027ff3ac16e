//! Which server is the primary changes.

use cached_attr_fleet::redis::{RedisFleet, until_trusted};
use cached_attr_fleet::server::{Kind, Server};

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
