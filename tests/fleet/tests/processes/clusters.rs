//! Processes read while one writes and invalidates, and their slot moves from one node of a cluster to the next.

use std::sync::Arc;
use std::time::Duration;

use cached_attr_fleet::cluster::{Cluster, map};
use cached_attr_fleet::redis::{RedisFleet, connect, until_trusted};
use cached_attr_fleet::server::Kind;
use cached_attr_runtime::tier::Tier;

use crate::consistency::{Seen, seen_by, start_readers, write};

const READERS: usize = 3;
const WRITES: u64 = 300;
/// Long enough for copies to be read.
const PAUSE: Duration = Duration::from_millis(8);

async fn run(kept: &str) -> Seen {
    let cluster = Cluster::start(Kind::Redis).await;
    let source = RedisFleet::start(Kind::Redis);
    let urls = vec![cluster.url(); READERS];
    let running = start_readers(&urls, &source, kept).await;
    let tier: Arc<dyn Tier> = Arc::new(connect(&cluster.url()).build().unwrap());
    until_trusted(&*tier).await;
    let mut moves = 0;
    let moving = async {
        loop {
            tokio::time::sleep(Duration::from_millis(300)).await;
            cluster.move_slot(&map(), Duration::from_millis(5)).await;
            moves += 1;
        }
    };
    tokio::select! {
        () = write(&tier, &source, WRITES, PAUSE) => {}
        never = moving => never,
    }
    let seen = seen_by(running).await;
    println!("{kept}, {moves} moves: {seen:?}");
    assert!(moves >= 3, "{moves}");
    seen
}

#[tokio::test]
async fn a_slot_that_moves_leaves_no_answer_older_than_a_confirmed_invalidation() {
    let seen = run("strict-calls").await;
    assert!(seen.from_tier > 100, "{seen:?}");
    assert_eq!(seen.stale, 0, "{seen:?}");
}

#[tokio::test]
async fn copies_are_not_older_than_a_push_or_a_heartbeat_when_their_slot_moves() {
    let seen = run("copies").await;
    assert!(seen.from_memory > 100, "{seen:?}");
    assert!(seen.p99 <= Duration::from_millis(100), "{seen:?}");
    // A heartbeat, and what a busy machine adds between two looks at the clock.
    assert!(seen.worst <= Duration::from_millis(300), "{seen:?}");
}
