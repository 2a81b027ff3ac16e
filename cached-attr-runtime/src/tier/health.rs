//! How a tier is.

use std::time::Duration;

/// The answer of a health check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// Whether the tier answered.
    pub up: bool,
    /// Whether changes are being reported, so that copies in memory may be served.
    pub tracking: bool,
    /// How long the answer took.
    pub latency: Option<Duration>,
    /// Invalidations still to be delivered.
    pub undelivered: usize,
}

impl Health {
    /// A tier that does not answer.
    #[must_use]
    pub fn down(undelivered: usize) -> Self {
        Health {
            up: false,
            tracking: false,
            latency: None,
            undelivered,
        }
    }

    /// A tier that answered after this time.
    #[must_use]
    pub fn up(latency: Duration, tracking: bool, undelivered: usize) -> Self {
        Health {
            up: true,
            tracking,
            latency: Some(latency),
            undelivered,
        }
    }
}

/// What happened in a tier since the process began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TierStats {
    /// Reads that found a record.
    pub hits: u64,
    /// Reads that found none of use.
    pub misses: u64,
    /// Leases granted to this process.
    pub leases: u64,
    /// Answers stored.
    pub fills: u64,
    /// Answers not stored because their lease was void.
    pub void_fills: u64,
    /// Invalidations delivered.
    pub invalidations: u64,
    /// Invalidations that had to be queued.
    pub queued: u64,
    /// Changes reported by the tier.
    pub pushes: u64,
    /// Operations that ended in a timeout.
    pub timeouts: u64,
    /// Operations that ended in another error.
    pub errors: u64,
    /// Operations refused at once because the tier was away.
    pub refused: u64,
    /// Connections made.
    pub connections: u64,
}
