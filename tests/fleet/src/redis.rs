//! A fleet on a real server, each replica behind a proxy of its own.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cached_attr_redis::Connect;
use cached_attr_runtime::tier::{RecordKey, Tier, TierFuture};
use redis::aio::MultiplexedConnection;
use redis::{FromRedisValue, RedisResult};

use crate::fleet::{Fleet, Line, Replica};
use crate::proxy::{Mode, Proxy};
use crate::server::{Kind, Server};

/// Any answer.
pub type Answer = redis::Value;

/// The namespace of every test.
pub const NAMESPACE: &str = "shop";

/// A server, and whoever else uses it.
#[derive(Debug)]
pub struct RedisFleet {
    /// The server.
    pub server: Server,
    /// A replica without its proxy would be cut off.
    proxies: Mutex<Vec<Arc<Proxy>>>,
}

impl RedisFleet {
    /// Starts a server.
    #[must_use]
    pub fn start(kind: Kind) -> Self {
        RedisFleet::of(Server::start(kind))
    }

    /// The fleet of a server that was started otherwise.
    #[must_use]
    pub fn of(server: Server) -> Self {
        RedisFleet {
            server,
            proxies: Mutex::default(),
        }
    }

    /// A replica's settings, straight to the server.
    ///
    /// # Panics
    ///
    /// Never: the address is one.
    pub fn direct(&self) -> Connect {
        connect(&self.server.url())
    }

    /// A replica behind this proxy, up and trusted.
    ///
    /// # Panics
    ///
    /// When the settings make no sense.
    pub async fn behind(&self, proxy: Proxy) -> Replica {
        let tier: Arc<dyn Tier> = Arc::new(connect(&proxy.url()).build().expect("a tier"));
        until_trusted(&*tier).await;
        let proxy = Arc::new(proxy);
        if let Ok(mut proxies) = self.proxies.lock() {
            proxies.push(Arc::clone(&proxy));
        }
        let line = ProxiedLine {
            proxy,
            tier: Arc::clone(&tier),
        };
        Replica {
            tier,
            line: Box::new(line),
        }
    }

    /// What another program gets as the answer to a command.
    ///
    /// # Panics
    ///
    /// When there is an error instead.
    pub async fn command<T: FromRedisValue>(&self, words: &[&str]) -> T {
        self.try_command(words)
            .await
            .unwrap_or_else(|error| panic!("{words:?}: {error}"))
    }

    /// The same, or the error.
    pub async fn try_command<T: FromRedisValue>(&self, words: &[&str]) -> RedisResult<T> {
        let mut connection = self.connection().await?;
        let mut command = redis::cmd(words[0]);
        command.arg(&words[1..]);
        command.query_async(&mut connection).await
    }

    async fn connection(&self) -> RedisResult<MultiplexedConnection> {
        let client = redis::Client::open(self.server.url())?;
        client.get_multiplexed_async_connection().await
    }
}

/// How long an operation of a replica may take: a busy machine must not look like a broken server.
pub const OPERATION_TIMEOUT: Duration = Duration::from_millis(750);

/// A replica's settings.
///
/// # Panics
///
/// When this is not an address.
pub fn connect(url: &str) -> Connect {
    cached_attr_redis::connect(url)
        .expect("an address")
        .namespace(NAMESPACE)
        .operation_timeout(OPERATION_TIMEOUT)
}

/// Waits until a replica uses the server, is trusted, and has delivered everything.
///
/// # Panics
///
/// When that takes longer than ten seconds.
pub async fn until_trusted(tier: &dyn Tier) {
    for _ in 0..1_000 {
        if tier.is_up()
            && tier.trust().generation().is_some()
            && tier.health().await.undelivered == 0
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not up and trusted within ten seconds: {tier:?}");
}

/// The name of a record, as people write it.
#[must_use]
pub fn record_name(key: RecordKey<'_>) -> String {
    format!("{NAMESPACE}:r:{}:{}", key.name, key.key)
}

struct ProxiedLine {
    proxy: Arc<Proxy>,
    tier: Arc<dyn Tier>,
}

impl Line for ProxiedLine {
    fn cut(&self) {
        self.proxy.set(Mode::Cut);
    }

    fn stall(&self) {
        self.proxy.set(Mode::Stalled);
    }

    fn restore(&self) -> TierFuture<'_, ()> {
        self.proxy.set(Mode::Working);
        Box::pin(until_trusted(&*self.tier))
    }
}

impl Fleet for RedisFleet {
    fn replica(&self) -> TierFuture<'_, Replica> {
        Box::pin(async {
            let proxy = Proxy::start(self.server.port()).await;
            self.behind(proxy).await
        })
    }

    fn foreign_delete<'a>(&'a self, key: RecordKey<'a>) -> TierFuture<'a, ()> {
        Box::pin(async move { self.command(&["DEL", &record_name(key)]).await })
    }

    fn foreign_write<'a>(&'a self, key: RecordKey<'a>) -> TierFuture<'a, ()> {
        Box::pin(async move { self.command(&["SET", &record_name(key), "anything"]).await })
    }

    fn lose_map(&self) -> TierFuture<'_, ()> {
        let map = format!("{NAMESPACE}:m");
        Box::pin(async move { self.command(&["DEL", &map]).await })
    }
}
