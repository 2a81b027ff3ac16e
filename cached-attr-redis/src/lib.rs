#![cfg_attr(docsrs, feature(doc_cfg))]
//! The shared tier of `cached-attr` over Redis and Valkey.
//!
//! ```no_run
//! # fn main() -> Result<(), cached_attr_redis::ConnectError> {
//! cached_attr_redis::connect("redis://localhost:6379")?
//!     .namespace("shop")
//!     .install()?;
//! # Ok(())
//! # }
//! ```
//!
//! From then on `#[cached(shared, …)]` functions keep their answers on the server as well: one replica loads while
//! the others wait, an invalidation on one reaches all of them, and so does a change made by any other program.
//!
//! # What stands on the server
//!
//! `redis-cli --scan --pattern 'shop:*'` lists:
//!
//! * `shop:r:{name}:{key}`, a record: one header line, then the value as JSON. `GET` shows both, `TTL` what is left of
//!   it with its stale window, `DEL` invalidates it in every replica. `:` in a name is written `%3A`; a key's text stands to the
//!   letter, that of a function without arguments is missing together with its colon, and a text over 400 bytes is
//!   replaced by `sha256~` and its hash. A record whose ninth word is not `-` is being loaded: without a value it is
//!   only the lease of whoever loads it.
//! * `shop:m`, a sorted set of the tags, functions and namespaces that were invalidated, with the number of each
//!   invalidation. Deleting it invalidates everything.
//! * `shop:l:{key}`, a leader: `HGETALL` shows who it is and until when, in milliseconds of the server's clock.
//!
//! In a cluster they begin with `{shop}:`.
//!
//! `MONITOR` shows `TIME`, `GET` (`MGET` for a batch) and `ZMSCORE` for a read, `EVALSHA` for everything else, and `ROLE`
//! (in a cluster `EXISTS {shop}:m` as well) twelve times a second and replica: the heartbeat.
//!
//! # When the server is away
//!
//! Calls run their bodies: a fault costs a call at most the operation timeout, and nothing once three operations
//! in a row were not answered in time or the connection broke. Connections are made again with growing pauses of at
//! most a second. Invalidations are kept meanwhile, and delivered before anything is read.
//!
//! # In a cluster
//!
//! A namespace is in one slot, that of the hash tag `{shop}`, and the primary that has the slot is its server: a record and
//! the tags that judge it are read in one round trip and in this order, which two servers cannot promise. So a cluster
//! divides the load of several services or namespaces, and not that of one.
//!
//! Any node of the address `redis+cluster://host:port,host:port` says which primary it is; later so does any other node of
//! the cluster. When the slot moves, or the primary fails and is replaced, the tier is away until the new one is found, and
//! its records are loaded anew. A node's address without `+cluster` counts as a server that is away. The user needs the
//! permission for `CLUSTER KEYSLOT` and `CLUSTER SLOTS`.
//!
//! # What it needs
//!
//! A `rediss://` address needs the feature `rustls`, and an application that installs a crypto provider for it
//! (`rustls::crypto::ring::default_provider().install_default()`, say).
//!
//! Redis 6.2 or Valkey, RESP3, and the commands above with `CLIENT TRACKING`. Without tracking there are no copies in memory. An
//! asynchronous failover may lose invalidations that the old primary had confirmed, and a primary that has not noticed yet
//! that it was replaced goes on answering; `SWAPDB` is not seen.
//!
//! Where the server evicts, `volatile-*` policies are the better ones: records have a TTL, the map of tags does not,
//! and evicting the map invalidates everything.

mod address;
mod config;
mod core;
mod counters;
mod error;
mod escape;
mod fault;
mod follow;
mod guards;
mod header;
mod invalidate;
mod journal;
mod leader;
mod lease;
mod link;
mod map;
mod names;
mod pushes;
mod read;
mod scripts;
mod session;
mod tier;
mod write;

pub use config::Connect;
pub use error::ConnectError;
pub use tier::RedisTier;

use address::Address;

/// A tier on the server at this address: `redis://`, `rediss://` (with the feature `rustls`), `unix://`,
/// `redis+sentinel://host:port,host:port/service/db`, or `redis+cluster://host:port,host:port`. The last two have forms
/// with `rediss` as well.
///
/// # Errors
///
/// When the address cannot be parsed. Nothing is connected yet.
pub fn connect(url: &str) -> Result<Connect, ConnectError> {
    Ok(Connect::new(Address::parse(url)?))
}

/// A tier on the server that the environment names: `VALKEY_URL`, else `REDIS_URL`. None where neither is set, or
/// the one that is set is empty.
///
/// ```
/// # fn main() -> Result<(), cached_attr_redis::ConnectError> {
/// if let Some(tier) = cached_attr_redis::from_env()? {
///     tier.namespace("shop").install()?;
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// When the address cannot be parsed.
pub fn from_env() -> Result<Option<Connect>, ConnectError> {
    for variable in ["VALKEY_URL", "REDIS_URL"] {
        if let Some(url) = std::env::var_os(variable).filter(|url| !url.is_empty()) {
            let url = url
                .to_str()
                .ok_or(ConnectError::Address("it is not UTF-8"))?;
            return connect(url).map(Some);
        }
    }
    Ok(None)
}

/// A tier on the server of a client of the `redis` crate, version 1.
#[cfg(feature = "redis-1")]
pub fn from_client(client: &redis::Client) -> Connect {
    Connect::new(Address::from_info(client.get_connection_info().clone()))
}
