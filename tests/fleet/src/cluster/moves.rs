//! A slot that moves while it is used, as `redis-cli --cluster reshard` moves it.

use std::time::Duration;

use super::{Cluster, PRIMARIES};
use crate::redis::RedisFleet;

/// A slot under way from one primary to the next.
#[derive(Debug)]
pub struct Move<'a> {
    from: &'a RedisFleet,
    to: &'a RedisFleet,
    to_id: String,
    slot: String,
}

impl Cluster {
    /// Moves a key's slot to the next primary; this long between two steps.
    pub async fn move_slot(&self, key: &str, pause: Duration) {
        let moving = self.begin_move(key).await;
        tokio::time::sleep(pause).await;
        // One at a time: meanwhile some are here and some are there.
        while let Some(key) = moving.next_key().await {
            moving.move_key(&key).await;
            tokio::time::sleep(pause).await;
        }
        moving.end(pause).await;
    }

    /// From now on the slot's keys can be moved to the next primary.
    pub async fn begin_move(&self, key: &str) -> Move<'_> {
        let from = self.owner(key).await;
        let to = (from + 1) % usize::from(PRIMARIES);
        let slot = self.slot(key).await;
        let (from_id, to_id) = (self.id(from).await, self.id(to).await);
        let (from, to) = (&self.nodes[from], &self.nodes[to]);
        let importing = ["CLUSTER", "SETSLOT", &slot, "IMPORTING", &from_id];
        let () = to.command(&importing).await;
        let migrating = ["CLUSTER", "SETSLOT", &slot, "MIGRATING", &to_id];
        let () = from.command(&migrating).await;
        Move {
            from,
            to,
            to_id,
            slot,
        }
    }
}

impl Move<'_> {
    /// A key that has not been moved.
    async fn next_key(&self) -> Option<String> {
        let next = ["CLUSTER", "GETKEYSINSLOT", &self.slot, "1"];
        let keys: Vec<String> = self.from.command(&next).await;
        keys.into_iter().next()
    }

    /// Moves a key. It may be gone already.
    pub async fn move_key(&self, key: &str) {
        let port = self.to.server.port().to_string();
        let migrate = ["MIGRATE", "127.0.0.1", &port, key, "0", "5000"];
        let _: String = self.from.command(&migrate).await;
    }

    /// The slot, whose keys have all been moved, is the other primary's.
    pub async fn end(self, pause: Duration) {
        for node in [self.to, self.from] {
            let moved = ["CLUSTER", "SETSLOT", &self.slot, "NODE", &self.to_id];
            let () = node.command(&moved).await;
            tokio::time::sleep(pause).await;
        }
    }
}
