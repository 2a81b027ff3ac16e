//! A cluster of real servers.

mod fleet;
mod moves;

use std::time::Duration;

use redis::FromRedisValue;

pub use fleet::ClusterFleet;
pub use moves::Move;

use crate::redis::{NAMESPACE, RedisFleet};
use crate::server::{Kind, Server, free_port};

const PRIMARIES: u16 = 3;
const SLOTS: u16 = 16_384;

/// The map of the namespace that tests use: it is in the slot of all its names.
#[must_use]
pub fn map() -> String {
    format!("{{{NAMESPACE}}}:m")
}

/// Three primaries with a third of the slots each, and perhaps replicas of theirs.
#[derive(Debug)]
pub struct Cluster {
    /// The primaries come first.
    pub nodes: Vec<RedisFleet>,
}

impl Cluster {
    /// Starts one without replicas; returns when every node says that the cluster works.
    pub async fn start(kind: Kind) -> Self {
        Cluster::start_with(kind, &[]).await
    }

    /// Starts one with more arguments for each node.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub async fn start_with(kind: Kind, args: &[&str]) -> Self {
        let mut cluster = Cluster { nodes: Vec::new() };
        for number in 0..PRIMARIES {
            cluster.nodes.push(node(kind, args));
            let own = &cluster.nodes[usize::from(number)];
            let first = (SLOTS / PRIMARIES * number).to_string();
            let last = match number + 1 {
                PRIMARIES => SLOTS - 1,
                next => SLOTS / PRIMARIES * next - 1,
            };
            let slots = ["CLUSTER", "ADDSLOTSRANGE", &first, &last.to_string()];
            let () = own.command(&slots).await;
            let epoch = (number + 1).to_string();
            let () = own.command(&["CLUSTER", "SET-CONFIG-EPOCH", &epoch]).await;
        }
        for number in 1..cluster.nodes.len() {
            cluster.meet(number).await;
        }
        cluster.until_it_works().await;
        cluster
    }

    /// Starts a replica of a node.
    ///
    /// # Panics
    ///
    /// When it does not follow its primary within ten seconds.
    pub async fn add_replica_of(&mut self, primary: usize) {
        let number = self.nodes.len();
        self.nodes.push(node(Kind::Redis, &[]));
        self.meet(number).await;
        self.until_it_works().await;
        let id = self.id(primary).await;
        let follow = ["CLUSTER", "REPLICATE", &id];
        let () = self.nodes[number].command(&follow).await;
        until("the replica follows", async || {
            let info: String = self.nodes[primary].command(&["INFO", "replication"]).await;
            info.contains("state=online")
        })
        .await;
    }

    async fn meet(&self, number: usize) {
        let own = &self.nodes[number].server;
        let port = own.port().to_string();
        let bus: Vec<String> = self.nodes[number]
            .command(&["CONFIG", "GET", "cluster-port"])
            .await;
        let meet = ["CLUSTER", "MEET", "127.0.0.1", &port, &bus[1]];
        let () = self.nodes[0].command(&meet).await;
    }

    async fn until_it_works(&self) {
        let known = format!("cluster_known_nodes:{}", self.nodes.len());
        until("the cluster works", async || {
            let mut works = true;
            for node in &self.nodes {
                let info: String = node.command(&["CLUSTER", "INFO"]).await;
                works &= info.contains("cluster_state:ok") && info.contains(&known);
            }
            works
        })
        .await;
    }

    /// Its address, with all nodes.
    #[must_use]
    pub fn url(&self) -> String {
        let ports = self.nodes.iter().map(|node| node.server.port());
        let hosts: Vec<_> = ports.map(|port| format!("127.0.0.1:{port}")).collect();
        format!("redis+cluster://{}", hosts.join(","))
    }

    /// A node's identity.
    pub async fn id(&self, node: usize) -> String {
        self.nodes[node].command(&["CLUSTER", "MYID"]).await
    }

    /// The node that has a key's slot.
    ///
    /// # Panics
    ///
    /// When none has it within ten seconds.
    pub async fn owner(&self, key: &str) -> usize {
        for _ in 0..500 {
            for (number, node) in self.nodes.iter().enumerate() {
                // The others answer with its address, which is an error.
                if node.try_command::<bool>(&["EXISTS", key]).await.is_ok() {
                    return number;
                }
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no node has the slot")
    }

    /// What another program gets that knows which node has the key.
    ///
    /// # Panics
    ///
    /// When there is an error instead.
    pub async fn command<T: FromRedisValue>(&self, key: &str, words: &[&str]) -> T {
        self.nodes[self.owner(key).await].command(words).await
    }

    /// A key's slot.
    pub async fn slot(&self, key: &str) -> String {
        let slot: u16 = self.nodes[0].command(&["CLUSTER", "KEYSLOT", key]).await;
        slot.to_string()
    }
}

fn node(kind: Kind, args: &[&str]) -> RedisFleet {
    let bus = free_port().to_string();
    let mut all = vec!["--cluster-enabled", "yes", "--cluster-port", &bus];
    all.extend(["--cluster-node-timeout", "1000"]);
    // The others go on when one of them is killed.
    all.extend(["--cluster-require-full-coverage", "no"]);
    all.extend(["--repl-diskless-sync-delay", "0"]);
    all.extend(args);
    RedisFleet::of(Server::start_with(kind, &all))
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..500 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("not within ten seconds: {what}");
}
