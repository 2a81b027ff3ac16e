//! Replicas of the service, over one folder and one server.

use std::time::{Duration, Instant};

use cached_attr_fleet::program::{Program, Response};
use cached_attr_fleet::redis::RedisFleet;
use cached_attr_fleet::server::Kind;
use serde_json::Value;
use tempfile::TempDir;

/// What the replicas of a service have in common.
pub(crate) struct Fleet {
    pub(crate) redis: RedisFleet,
    pub(crate) folder: TempDir,
}

impl Fleet {
    pub(crate) fn start() -> Self {
        Self {
            redis: RedisFleet::start(Kind::Redis),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Another replica.
    pub(crate) async fn replica(&self) -> Program {
        self.replica_with(&[]).await
    }

    pub(crate) async fn replica_with(&self, variables: &[(&str, &str)]) -> Program {
        self.replica_at(&self.redis.server.url(), variables).await
    }

    /// Another replica, which finds the server at this address.
    pub(crate) async fn replica_at(&self, url: &str, variables: &[(&str, &str)]) -> Program {
        let folder = self.folder.path().to_str().unwrap();
        let mut all = vec![
            ("DOCUMENTS", folder),
            ("REDIS_URL", url),
            ("PROJECT_NAME", "shop"),
        ];
        all.extend(variables);
        Program::start(env!("CARGO_BIN_EXE_tenants"), &all).await
    }
}

pub(crate) async fn get(replica: &Program, path: &str) -> Response {
    replica.send("GET", path, &[], "").await
}

pub(crate) async fn post(replica: &Program, path: &str, body: &str) -> Response {
    replica.send("POST", path, &[], body).await
}

pub(crate) fn json(response: &Response) -> Value {
    serde_json::from_str(&response.body).unwrap_or_else(|_| panic!("{response:?}"))
}

/// Waits until something holds, and returns how long that took.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < Duration::from_secs(10), "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    began.elapsed()
}
