//! Where the server is.

use std::fmt;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::io::tcp::TcpSettings;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo,
    ProtocolVersion,
};

use crate::error::ConnectError;
use crate::fault::Fault;

/// A server, or the sentinels that watch it.
#[derive(Clone)]
pub(crate) enum Address {
    Server(ConnectionInfo),
    Sentinels {
        sentinels: Vec<ConnectionInfo>,
        service: String,
        /// The server's own settings; its address is what the sentinels say.
        server: ConnectionInfo,
    },
}

/// Without user information.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Address::Server(_) => "Server",
            Address::Sentinels { .. } => "Sentinels",
        })
    }
}

impl Address {
    /// Parses `redis://…`, `rediss://…`, `unix://…` and
    /// `redis+sentinel://[user:password@]host:port[,host:port…]/service[/db]`.
    pub(crate) fn parse(url: &str) -> Result<Self, ConnectError> {
        if let Some(rest) = url.strip_prefix("redis+sentinel://") {
            return parse_sentinels(rest, "redis");
        }
        if let Some(rest) = url.strip_prefix("rediss+sentinel://") {
            return parse_sentinels(rest, "rediss");
        }
        parse_server(url).map(Address::Server)
    }

    #[cfg(feature = "redis-1")]
    pub(crate) fn from_info(info: ConnectionInfo) -> Self {
        Address::Server(tuned(info))
    }

    /// A client for the primary, as far as it is known.
    pub(crate) async fn client(&self, timeout: Duration) -> Result<Client, Fault> {
        let info = match self {
            Address::Server(info) => info.clone(),
            Address::Sentinels {
                sentinels,
                service,
                server,
            } => {
                let (host, port) = find_primary(sentinels, service, timeout).await?;
                let addr = moved_to(server.addr(), host, port);
                server.clone().set_addr(addr)
            }
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

fn parse_sentinels(rest: &str, scheme: &str) -> Result<Address, ConnectError> {
    const FORM: ConnectError = ConnectError::Address(
        "sentinels are written redis+sentinel://host:port,host:port/service/db",
    );
    let (authority, path) = rest.split_once('/').ok_or(FORM)?;
    let (service, db) = path.split_once('/').unwrap_or((path, "0"));
    let (user, hosts) = match authority.rsplit_once('@') {
        Some((user, hosts)) => (format!("{user}@"), hosts),
        None => (String::new(), authority),
    };
    if service.is_empty() {
        return Err(FORM);
    }
    let sentinels: Result<Vec<_>, _> = hosts
        .split(',')
        .map(|host| parse_server(&format!("{scheme}://{host}")))
        .collect();
    let first = hosts.split(',').next().unwrap_or_default();
    Ok(Address::Sentinels {
        sentinels: sentinels?,
        service: service.to_owned(),
        server: parse_server(&format!("{scheme}://{user}{first}/{db}"))?,
    })
}

/// The first sentinel's answer.
async fn find_primary(
    sentinels: &[ConnectionInfo],
    service: &str,
    timeout: Duration,
) -> Result<(String, u16), Fault> {
    let mut last = Fault::broken("no sentinel");
    for sentinel in sentinels {
        let asked = async {
            let client = Client::open(sentinel.clone())?;
            let mut connection = open(&client, AsyncConnectionConfig::new(), timeout).await?;
            let mut command = redis::cmd("SENTINEL");
            command.arg("GET-MASTER-ADDR-BY-NAME").arg(service);
            let answer: Option<(String, u16)> = command.query_async(&mut connection).await?;
            answer.ok_or_else(|| Fault::broken("the sentinels do not watch that service"))
        };
        match tokio::time::timeout(timeout * 2, asked).await {
            Ok(Ok(address)) => return Ok(address),
            Ok(Err(fault)) => last = fault,
            Err(_) => last = Fault::timeout(),
        }
    }
    Err(last)
}

fn moved_to(addr: &ConnectionAddr, to_host: String, to_port: u16) -> ConnectionAddr {
    match addr.clone() {
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
    }
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
        ] {
            let error = Address::parse(url).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn debug_output_has_no_password() {
        let address = Address::parse("redis://user:secret@localhost").unwrap();
        assert!(!format!("{address:?}").contains("secret"));
    }
}
