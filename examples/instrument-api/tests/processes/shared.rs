//! What the replicas of the service share.

use std::time::{Duration, Instant};

use cached_attr_fleet::program::Program;
use cached_attr_fleet::redis::RedisFleet;
use cached_attr_fleet::server::Kind;
use instrument_api::{Db, fill};
use tempfile::TempDir;

use crate::postgres::Postgres;
use crate::program::start;

/// A tier and a database, with the sample in it.
pub(crate) struct Fleet {
    pub(crate) redis: RedisFleet,
    pub(crate) database: Database,
}

pub(crate) enum Database {
    File(TempDir),
    Server(Postgres),
}

impl Fleet {
    pub(crate) async fn over_file() -> Self {
        let database = Database::File(tempfile::tempdir().unwrap());
        fill(&Db::open(&database.url()).unwrap()).await.unwrap();
        Self {
            redis: RedisFleet::start(Kind::Redis),
            database,
        }
    }

    pub(crate) async fn over_postgres() -> Self {
        Self {
            redis: RedisFleet::start(Kind::Valkey),
            database: Database::Server(Postgres::with_sample().await),
        }
    }

    /// Another replica.
    pub(crate) async fn replica(&self, variables: &[(&str, &str)]) -> Program {
        self.replica_at(&self.redis.server.url(), variables).await
    }

    /// Another replica, which finds the tier at this address.
    pub(crate) async fn replica_at(&self, tier: &str, variables: &[(&str, &str)]) -> Program {
        let mut all = vec![("VALKEY_URL", tier)];
        all.extend(variables);
        start(&self.database.url(), &all).await
    }
}

impl Database {
    pub(crate) fn url(&self) -> String {
        match self {
            Self::File(folder) => format!("sqlite://{}/db?mode=rwc", folder.path().display()),
            Self::Server(server) => server.url(),
        }
    }
}

/// The name of a record: a colon in a function's name is escaped, and a key's text stands as it is.
pub(crate) fn record(name: &str, key: &str) -> String {
    format!("fia_api:r:{}:{key}", name.replace(':', "%3A"))
}

/// Waits until something holds.
pub(crate) async fn eventually(what: &str, within: Duration, mut holds: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < within, "not within {within:?}: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
