//! The state of the shared tier.

use cached_attr_runtime::tier::{self, Health, TierStats};
use serde::Serialize;

/// How the tier of this process is, and what it has done.
#[derive(Serialize)]
pub(crate) struct TierState {
    up: bool,
    tracking: bool,
    latency_ms: Option<f64>,
    undelivered: usize,
    counts: Vec<(&'static str, u64)>,
}

impl TierState {
    /// None where no tier is installed. Sends one command, which ends within the tier's own timeout.
    pub(crate) async fn take() -> Option<Self> {
        let tier = tier::installed()?;
        let health = tier.health().await;
        Some(TierState::of(health, tier.stats()))
    }

    fn of(health: Health, stats: TierStats) -> Self {
        TierState {
            up: health.up,
            tracking: health.tracking,
            latency_ms: health.latency.map(|latency| latency.as_secs_f64() * 1e3),
            undelivered: health.undelivered,
            counts: vec![
                ("hits", stats.hits),
                ("misses", stats.misses),
                ("leases", stats.leases),
                ("fills", stats.fills),
                ("void fills", stats.void_fills),
                ("invalidations", stats.invalidations),
                ("queued", stats.queued),
                ("pushes", stats.pushes),
                ("timeouts", stats.timeouts),
                ("errors", stats.errors),
                ("refused", stats.refused),
                ("connections", stats.connections),
            ],
        }
    }
}
