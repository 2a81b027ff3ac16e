//! Flights: a load of one key, and how it ends for those who wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::SetOnce;

use super::erased_key::OwnedKey;
use super::flight_tags::FlightTags;
use super::running_load::RunningLoad;
use crate::entry::{LoadInfo, SharedEntry};
use crate::error::Failure;

/// How a load ended, for those who waited.
pub(crate) enum Outcome {
    /// The answer, stored or not.
    Answered(SharedEntry),
    /// An error that others can make their own from.
    Failed(Failure),
    /// An error (or a panic) that stays with the call that got it.
    FailedUnshared,
    /// The call that ran the load was dropped.
    Cancelled,
    /// A stale answer of the shared tier, served while the load goes on.
    #[cfg(feature = "shared")]
    Stale(SharedEntry),
}

/// A load of one key.
pub(crate) struct Flight {
    pub(crate) key: OwnedKey,
    pub(crate) info: LoadInfo,
    /// Begun by a caller who needs an answer no older than the call.
    pub(crate) refreshes: bool,
    pub(crate) tags: FlightTags,
    /// Whose body it is.
    pub(crate) running: Arc<RunningLoad>,
    /// A stale record of the shared tier, for those who wait.
    #[cfg(feature = "shared")]
    pub(crate) fallback: std::sync::OnceLock<SharedEntry>,
    /// How long it may take, in nanoseconds: whoever polls the body ends it then. Zero for no limit.
    limit: AtomicU64,
    outcome: SetOnce<Outcome>,
}

impl Flight {
    pub(crate) fn new(
        key: OwnedKey,
        info: LoadInfo,
        refreshes: bool,
        tags: FlightTags,
        running: Arc<RunningLoad>,
        limit: u64,
    ) -> Self {
        running.begin_flight();
        Flight {
            key,
            info,
            refreshes,
            tags,
            running,
            #[cfg(feature = "shared")]
            fallback: std::sync::OnceLock::new(),
            limit: AtomicU64::new(limit),
            outcome: SetOnce::new(),
        }
    }

    pub(crate) fn limit(&self) -> u64 {
        self.limit.load(Ordering::Relaxed)
    }

    pub(crate) fn set_limit(&self, limit: u64) {
        self.limit.store(limit, Ordering::Relaxed);
    }

    /// Ends the flight. Only the first outcome counts.
    pub(crate) fn complete(&self, outcome: Outcome) {
        let _ = self.outcome.set(outcome);
    }

    /// Ends it for those who wait, though its load goes on.
    #[cfg(feature = "shared")]
    pub(crate) fn serve_stale(&self, entry: &SharedEntry) {
        self.complete(Outcome::Stale(entry.clone()));
    }

    pub(crate) fn outcome(&self) -> Option<&Outcome> {
        self.outcome.get()
    }

    /// Waits for the end. Dropping this future leaves the flight as it is.
    pub(crate) async fn ended(self: Arc<Self>) {
        self.outcome.wait().await;
    }
}
