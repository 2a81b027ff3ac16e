//! Flights: a load under way, and those who wait for it.

use std::sync::Arc;

use tokio::sync::SetOnce;

use super::waits::Waits;
use crate::clock::{self, Stamp};
use crate::context::CacheControl;
use crate::entry::LoadInfo;
use crate::entry::SharedEntry;
use crate::error::Failure;
use crate::policy::NEVER;
use crate::store::OwnedKey;

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
}

/// A load of one key.
pub(crate) struct Flight {
    pub(crate) hash: u64,
    pub(crate) key: OwnedKey,
    pub(crate) began: Stamp,
    /// Its place among all loads of the cache: clocks may stand still, this does not.
    pub(crate) sequence: u64,
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
    pub(crate) fn origin(&self) -> LoadInfo {
        LoadInfo {
            hash: self.hash,
            began: self.began,
            sequence: self.sequence,
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
