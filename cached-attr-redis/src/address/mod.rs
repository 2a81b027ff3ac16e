//! Where the server is.

mod cluster;
mod sentinels;
mod turns;

use std::fmt;
use std::time::Duration;

use redis::aio::{ConnectionLike as _, MultiplexedConnection};
use redis::io::tcp::TcpSettings;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, Pipeline,
    ProtocolVersion, Value,
};

use crate::error::ConnectError;
use crate::fault::Fault;
use cluster::Cluster;
use sentinels::Sentinels;

/// A server, or those that say where it is.
#[derive(Clone)]
pub(crate) enum Address {
    Server(ConnectionInfo),
    Sentinels(Sentinels),
    Cluster(Cluster),
}

/// Without user information.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Address::Server(_) => "Server",
            Address::Sentinels(_) => "Sentinels",
            Address::Cluster(_) => "Cluster",
        })
    }
}

impl Address {
    /// Parses `redis://…`, `rediss://…`, `unix://…`,
    /// `redis+sentinel://[user:password@]host:port[,host:port…]/service[/db]` and
    /// `redis+cluster://[user:password@]host:port[,host:port…]`.
    pub(crate) fn parse(url: &str) -> Result<Self, ConnectError> {
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        match scheme {
            "redis+sentinel" => Sentinels::parse(rest, "redis").map(Address::Sentinels),
            "rediss+sentinel" => Sentinels::parse(rest, "rediss").map(Address::Sentinels),
            "redis+cluster" => Cluster::parse(rest, "redis").map(Address::Cluster),
            "rediss+cluster" => Cluster::parse(rest, "rediss").map(Address::Cluster),
            _ => parse_server(url).map(Address::Server),
        }
    }

    #[cfg(feature = "redis-1")]
    pub(crate) fn from_info(info: ConnectionInfo) -> Self {
        Address::Server(tuned(info))
    }

    pub(crate) fn is_cluster(&self) -> bool {
        matches!(self, Address::Cluster(_))
    }

    /// A client for the primary that has this key, as far as it is known.
    pub(crate) async fn client(&self, key: &str, timeout: Duration) -> Result<Client, Fault> {
        let info = match self {
            Address::Server(info) => info.clone(),
            Address::Sentinels(sentinels) => sentinels.primary(timeout).await?,
            Address::Cluster(cluster) => cluster.primary(key, timeout).await?,
        };
        Client::open(info).map_err(Fault::from)
    }
}

/// Connects within a time limit; pushes go to the function.
pub(crate) async fn open(
    client: &Client,
    config: AsyncConnectionConfig,
    timeout: Duration,
) -> Result<MultiplexedConnection, Fault> {
    // The time limits are ours: one rule for all.
    let config = config
        .set_connection_timeout(None)
        .set_response_timeout(None);
    let connecting = client.get_multiplexed_async_connection_with_config(&config);
    match tokio::time::timeout(timeout, connecting).await {
        Ok(connection) => connection.map_err(Fault::from),
        Err(_) => Err(Fault::timeout()),
    }
}

/// Sends commands on a connection of their own, and returns an answer for each.
async fn request(
    info: ConnectionInfo,
    commands: &Pipeline,
    timeout: Duration,
) -> Result<Vec<Value>, Fault> {
    let answered = async {
        let client = Client::open(info)?;
        let mut connection = open(&client, AsyncConnectionConfig::new(), timeout).await?;
        let answers = connection.req_packed_commands(commands, 0, commands.len());
        answers.await.map_err(Fault::from)
    };
    match tokio::time::timeout(timeout * 2, answered).await {
        Ok(answers) => answers,
        Err(_) => Err(Fault::timeout()),
    }
}

fn parse_server(url: &str) -> Result<ConnectionInfo, ConnectError> {
    if url.starts_with("rediss:") && !cfg!(feature = "rustls") {
        return Err(ConnectError::Address(
            "rediss:// needs the feature `rustls` of cached-attr-redis",
        ));
    }
    // The client's own error quotes the address.
    let info = url
        .into_connection_info()
        .map_err(|_| ConnectError::Address("it is not a redis://, rediss:// or unix:// URL"))?;
    Ok(tuned(info))
}

/// With what every connection needs: pushes are a matter of RESP3, and small requests are not held back.
fn tuned(info: ConnectionInfo) -> ConnectionInfo {
    let settings = info
        .redis_settings()
        .clone()
        .set_protocol(ProtocolVersion::RESP3);
    info.set_redis_settings(settings)
        .set_tcp_settings(TcpSettings::default().set_nodelay(true))
}

/// The user information with its `@`, which is empty where there is none, and what is behind it.
fn split_user(authority: &str) -> (&str, &str) {
    authority.split_at(authority.rfind('@').map_or(0, |at| at + 1))
}

/// The same settings for another server.
fn moved_to(info: &ConnectionInfo, to_host: String, to_port: u16) -> ConnectionInfo {
    let addr = match info.addr().clone() {
        ConnectionAddr::TcpTls {
            insecure,
            tls_params,
            ..
        } => ConnectionAddr::TcpTls {
            host: to_host,
            port: to_port,
            insecure,
            tls_params,
        },
        _ => ConnectionAddr::Tcp(to_host, to_port),
    };
    info.clone().set_addr(addr)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_every_kind_are_understood() {
        for url in [
            "redis://localhost",
            "redis://user:secret@localhost:6380/3",
            "unix:///run/redis.sock",
            "redis+sentinel://one:26379,two:26379/mymaster",
            "redis+sentinel://user:secret@one:26379/mymaster/3",
            "redis+cluster://one",
            "redis+cluster://one:6379,two:6379,[::1]:6379",
            "redis+cluster://user:secret@one:6379,two:6379/0",
        ] {
            assert!(Address::parse(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn nonsense_is_refused_without_quoting_it() {
        for url in [
            "",
            "http://secret@localhost",
            "localhost",
            "redis://secret@:port",
            "redis+sentinel://secret@one:26379",
            "redis+sentinel://secret@one:26379/",
            "redis+cluster://",
            "redis+cluster://secret@",
            "redis+cluster://secret@one:6379,",
            "redis+cluster://secret@one:6379/3",
            "redis+cluster://secret@one:6379/shop",
        ] {
            let error = Address::parse(url).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn debug_output_has_no_password() {
        for url in [
            "redis://user:secret@localhost",
            "redis+cluster://user:secret@one,two",
        ] {
            let address = Address::parse(url).unwrap();
            assert!(!format!("{address:?}").contains("secret"));
        }
    }
}
