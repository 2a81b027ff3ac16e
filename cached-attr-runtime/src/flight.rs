//! Flights: a load under way, and those who wait for it.

use std::sync::Arc;

use tokio::sync::SetOnce;

use crate::clock::{self, Stamp};
use crate::control::CacheControl;
use crate::entry::Resident;
use crate::error::Failure;
use crate::facts::Origin;
use crate::policy::NEVER;
use crate::store::OwnedKey;
use crate::waits::Waits;

/// How a load ended, for those who waited.
pub(crate) enum Outcome {
    /// The answer, stored or not.
    Answered(Resident),
    /// An error that others can make their own from.
    Failed(Failure),
    /// An error (or a panic) that stays with the call that got it.
    FailedAlone,
    /// The call that ran the load was dropped.
    Abandoned,
}

/// A load of one key.
pub(crate) struct Flight {
    pub(crate) hash: u64,
    pub(crate) key: OwnedKey,
    pub(crate) began: Stamp,
    /// Its place among all loads of the cache: clocks may stand still, this does not.
    pub(crate) serial: u64,
    /// The rules under which it runs: what it awaits may have been answered from caches within these.
    pub(crate) control: CacheControl,
    /// Begun by a caller who wanted an answer no older than the call.
    pub(crate) refreshes: bool,
    /// Nobody joins it: a caller who had waited in vain twice.
    pub(crate) solo: bool,
    pub(crate) outcome: SetOnce<Outcome>,
    pub(crate) waits: Waits,
}

impl Flight {
    /// Where its answer comes from.
    pub(crate) fn origin(&self) -> Origin {
        Origin {
            hash: self.hash,
            began: self.began,
            serial: self.serial,
            within: self.control.oldest().map_or(NEVER, clock::nanos),
        }
    }

    /// Ends the flight. Only the first word counts.
    pub(crate) fn land(&self, outcome: Outcome) {
        let _ = self.outcome.set(outcome);
    }

    /// Waits for the end.
    ///
    /// Dropping this future leaves the flight as it is.
    pub(crate) async fn landed(self: Arc<Self>) -> Arc<Self> {
        self.outcome.wait().await;
        self
    }
}
