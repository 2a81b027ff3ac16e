//! A tier in memory: one [`MemoryServer`], any number of replicas on it.
//!
//! Its durations follow tokio's clock, so that they can be tested with time paused.

mod line;
mod server;
mod tier;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use cached_attr_runtime::tier::{Change, RecordKey, Target, TierFuture};

use crate::fleet::{Fleet, Replica};
use line::MemoryLine;
use server::{Changed, Server};
pub use tier::MemoryTier;

/// A server that is a value in this process.
#[derive(Clone)]
pub struct MemoryServer(Arc<Shared>);

struct Shared {
    server: Mutex<Server>,
    replicas: Mutex<Vec<Weak<MemoryTier>>>,
}

impl Default for MemoryServer {
    fn default() -> Self {
        MemoryServer::new()
    }
}

impl MemoryServer {
    /// An empty server.
    #[must_use]
    pub fn new() -> Self {
        MemoryServer(Arc::new(Shared {
            server: Mutex::new(Server::new()),
            replicas: Mutex::default(),
        }))
    }

    /// Another replica, with an operation timeout of 50 ms.
    #[must_use]
    pub fn connect(&self) -> Arc<MemoryTier> {
        let tier = Arc::new(MemoryTier::new(self.clone(), Duration::from_millis(50)));
        self.replicas().push(Arc::downgrade(&tier));
        tier
    }

    fn replicas(&self) -> std::sync::MutexGuard<'_, Vec<Weak<MemoryTier>>> {
        self.0
            .replicas
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a command, then reports to every replica what it changed.
    fn run<T>(&self, command: impl FnOnce(&mut Server) -> T) -> T {
        let (result, changed) = {
            let mut server = self.0.server.lock().unwrap_or_else(PoisonError::into_inner);
            let result = command(&mut server);
            (result, std::mem::take(&mut server.changed))
        };
        let replicas: Vec<_> = self.replicas().iter().filter_map(Weak::upgrade).collect();
        for changed in &changed {
            for replica in &replicas {
                replica.pushed(changed.as_change());
            }
        }
        result
    }
}

impl Changed {
    fn as_change(&self) -> Change<'_> {
        match self {
            Changed::Key(name, key) => Change::Key(RecordKey { name, key }),
            Changed::Target(target, seq) => match target.as_target() {
                Target::Tag(tag) => Change::Tag(tag, *seq),
                Target::Function(name) => Change::Function(name, *seq),
                _ => Change::Everything,
            },
        }
    }
}

impl fmt::Debug for MemoryServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryServer").finish_non_exhaustive()
    }
}

impl Fleet for MemoryServer {
    fn replica(&self) -> TierFuture<'_, Replica> {
        Box::pin(async {
            let tier = self.connect();
            Replica {
                line: Box::new(MemoryLine(Arc::clone(&tier))),
                tier,
            }
        })
    }

    fn foreign_delete<'a>(&'a self, key: RecordKey<'a>) -> TierFuture<'a, ()> {
        Box::pin(async move { self.run(|server| server.forget(key)) })
    }

    fn foreign_write<'a>(&'a self, key: RecordKey<'a>) -> TierFuture<'a, ()> {
        // What another program writes is not a record: a read finds nothing.
        self.foreign_delete(key)
    }

    fn lose_map(&self) -> TierFuture<'_, ()> {
        Box::pin(async { self.run(Server::lose_map) })
    }
}
