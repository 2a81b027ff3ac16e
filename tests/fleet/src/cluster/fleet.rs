//! A fleet on a cluster that all tests of a process share.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, LazyLock, Mutex, mpsc};

use cached_attr_runtime::tier::{RecordKey, Tier, TierFuture};

use super::Cluster;
use crate::fleet::{Fleet, Line, Replica};
use crate::proxy::{Mode, Proxy};
use crate::redis::{Answer, connect, until_trusted};
use crate::server::Kind;

/// A namespace on the cluster that all tests of this process share, each replica behind proxies of its own.
#[derive(Debug)]
pub struct ClusterFleet {
    cluster: &'static Cluster,
    namespace: String,
    /// A replica without its proxies would be cut off.
    proxies: Mutex<Vec<Arc<Proxy>>>,
}

impl ClusterFleet {
    /// A namespace that nobody else uses.
    #[must_use]
    pub fn start() -> Self {
        static CLUSTER: LazyLock<&'static Cluster> = LazyLock::new(start_for_good);
        static NEXT: AtomicU16 = AtomicU16::new(0);
        ClusterFleet {
            cluster: *CLUSTER,
            namespace: format!("shop{}", NEXT.fetch_add(1, Ordering::Relaxed)),
            proxies: Mutex::default(),
        }
    }

    fn record_name(&self, key: RecordKey<'_>) -> String {
        format!("{{{}}}:r:{}:{}", self.namespace, key.name, key.key)
    }

    async fn behind_proxies(&self) -> Replica {
        let host = next_host();
        let (mut proxies, mut hosts) = (Vec::new(), Vec::new());
        for node in &self.cluster.nodes {
            let port = node.server.port();
            let address = SocketAddr::from((host, port));
            proxies.push(Arc::new(Proxy::start_at(address, port).await));
            hosts.push(address.to_string());
        }
        let url = format!("redis+cluster://{}", hosts.join(","));
        let tier = connect(&url).namespace(&self.namespace).build();
        let tier: Arc<dyn Tier> = Arc::new(tier.expect("a tier"));
        until_trusted(&*tier).await;
        if let Ok(mut kept) = self.proxies.lock() {
            kept.extend(proxies.iter().cloned());
        }
        let line = ProxiedLine {
            proxies,
            tier: Arc::clone(&tier),
        };
        Replica {
            tier,
            line: Box::new(line),
        }
    }
}

/// A cluster that ends with the process. Its nodes do not say on which host they are: each replica has a host of its
/// own, where its proxies have the nodes' ports.
fn start_for_good() -> &'static Cluster {
    let (sender, started) = mpsc::channel();
    // Servers end with the thread that started them.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let unnamed = ["--cluster-preferred-endpoint-type", "unknown-endpoint"];
        let cluster = runtime.block_on(Cluster::start_with(Kind::Redis, &unnamed));
        let cluster: &'static Cluster = Box::leak(Box::new(cluster));
        sender.send(cluster).expect("a test that waits");
        loop {
            std::thread::park();
        }
    });
    started.recv().expect("a cluster")
}

/// A loopback address that nothing else in this process uses.
fn next_host() -> Ipv4Addr {
    static NEXT: AtomicU16 = AtomicU16::new(1);
    let [high, low] = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    Ipv4Addr::new(127, 1, high, low)
}

struct ProxiedLine {
    proxies: Vec<Arc<Proxy>>,
    tier: Arc<dyn Tier>,
}

impl ProxiedLine {
    fn set(&self, mode: Mode) {
        for proxy in &self.proxies {
            proxy.set(mode);
        }
    }
}

impl Line for ProxiedLine {
    fn cut(&self) {
        self.set(Mode::Cut);
    }

    fn stall(&self) {
        self.set(Mode::Stalled);
    }

    fn restore(&self) -> TierFuture<'_, ()> {
        self.set(Mode::Working);
        Box::pin(until_trusted(&*self.tier))
    }
}

impl Fleet for ClusterFleet {
    fn replica(&self) -> TierFuture<'_, Replica> {
        Box::pin(self.behind_proxies())
    }

    fn foreign_delete<'a>(&'a self, key: RecordKey<'a>) -> TierFuture<'a, ()> {
        let name = self.record_name(key);
        Box::pin(async move {
            let _: Answer = self.cluster.command(&name, &["DEL", &name]).await;
        })
    }

    fn foreign_write<'a>(&'a self, key: RecordKey<'a>) -> TierFuture<'a, ()> {
        let name = self.record_name(key);
        Box::pin(async move {
            let _: Answer = self
                .cluster
                .command(&name, &["SET", &name, "anything"])
                .await;
        })
    }

    fn lose_map(&self) -> TierFuture<'_, ()> {
        let map = format!("{{{}}}:m", self.namespace);
        Box::pin(async move {
            let _: Answer = self.cluster.command(&map, &["DEL", &map]).await;
        })
    }
}
