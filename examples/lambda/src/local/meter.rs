//! A proxy in front of the services that counts what passes and can make trouble on the way.

mod fault;
mod forward;
mod ledger;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;

use self::fault::Faults;
pub use self::fault::{Fault, Hold};
use self::forward::{Way, pass};
use self::ledger::Ledger;
use super::server::Server;

/// The proxy. Dropping it ends it.
///
/// A request is told by its label: `GetParameter /app/db_url`, `GetParameters`, `GetSecretValue /prod/key`,
/// `GET /bucket/key`. Where a label is asked for, its beginning up to a space is enough.
#[derive(Debug)]
pub struct Meter {
    server: Server,
    ledger: Arc<Ledger>,
    faults: Arc<Faults>,
}

impl Meter {
    /// Starts a meter in front of the services at `services`.
    pub async fn before(services: &str) -> io::Result<Self> {
        let (ledger, faults) = (Arc::<Ledger>::default(), Arc::<Faults>::default());
        let way = Way::to(services, Arc::clone(&ledger), Arc::clone(&faults));
        let server = Server::start(Router::new().fallback(pass).with_state(way)).await?;
        Ok(Self {
            server,
            ledger,
            faults,
        })
    }

    /// The address that clients use in place of the services' own.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// How many requests of this label have arrived.
    #[must_use]
    pub fn count(&self, label: &str) -> usize {
        self.ledger
            .counts()
            .iter()
            .filter(|(of, _)| ledger::is(of, label))
            .map(|(_, count)| count)
            .sum()
    }

    /// How many requests of this label were answered with this status.
    #[must_use]
    pub fn answered(&self, label: &str, status: u16) -> usize {
        self.ledger
            .answers()
            .iter()
            .filter(|(of, was)| ledger::is(of, label) && *was == status)
            .count()
    }

    /// How many requests have arrived.
    #[must_use]
    pub fn total(&self) -> usize {
        self.ledger.counts().values().sum()
    }

    /// All labels with their counts.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, usize> {
        self.ledger.counts()
    }

    /// The most requests that were under way at one time.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        self.ledger.most_at_once()
    }

    /// How many connections clients have opened.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

    /// Forgets all counts.
    pub fn reset(&self) {
        self.ledger.reset();
    }

    /// From now on every request of this label meets this fault, until [`heal`](Self::heal).
    pub fn break_with(&self, label: &str, fault: Fault) {
        self.faults.add(label, fault);
    }

    /// From now on every request of this label takes this much longer.
    pub fn delay(&self, label: &str, by: Duration) {
        self.faults.add(label, Fault::Delay(by));
    }

    /// The next answer of this label stops half-way until the hold is released.
    #[must_use]
    pub fn hold_next(&self, label: &str) -> Hold {
        self.faults.hold_next(label)
    }

    /// Ends all faults.
    pub fn heal(&self) {
        self.faults.clear();
    }
}
