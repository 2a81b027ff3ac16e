//! What the page shows, at one moment.

use std::time::Duration;

use cached_attr_runtime::{CacheHandle, Census, LoadTimes, Setting, Stats, handles};
use serde::Serialize;

use crate::Inspector;

/// Entries of larger caches are not looked at one by one: a viewer must not cost the process a noticeable pause.
const LARGEST_CENSUS: u64 = 100_000;

/// All caches.
#[derive(Serialize)]
pub(crate) struct Snapshot {
    /// Milliseconds since the inspector was made: rates are differences by this.
    clock_ms: u64,
    /// Whether a token opens the controls.
    control: bool,
    /// The upper bounds of the buckets in `load_times`, in milliseconds; the last bucket has none.
    load_bounds_ms: Vec<f64>,
    #[cfg(feature = "shared")]
    tier: Option<crate::tier::TierState>,
    caches: Vec<Cache>,
}

/// One of them.
#[derive(Serialize)]
struct Cache {
    id: String,
    name: String,
    ttl: String,
    ttl_source: String,
    settings: Vec<Setting>,
    capacity: Option<u64>,
    /// None for a cache that is too large.
    census: Option<Census>,
    stats: Stats,
}

impl Snapshot {
    #[cfg_attr(
        not(feature = "shared"),
        allow(clippy::unused_async, reason = "only the tier is waited for")
    )]
    pub(crate) async fn take(inspector: &Inspector) -> Self {
        let elapsed = inspector.started.elapsed().as_millis();
        Snapshot {
            clock_ms: u64::try_from(elapsed).unwrap_or(u64::MAX),
            control: inspector.token.is_some(),
            load_bounds_ms: bounds(),
            #[cfg(feature = "shared")]
            tier: crate::tier::TierState::take().await,
            caches: handles().iter().map(Cache::of).collect(),
        }
    }

    pub(crate) fn to_json(&self) -> String {
        // Numbers, texts and lists: there is nothing in it that JSON has no form for.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Cache {
    fn of(handle: &CacheHandle) -> Self {
        let info = handle.info();
        let countable = info.stats.entries <= LARGEST_CENSUS;
        Cache {
            id: info.id,
            name: info.name,
            ttl: info.ttl.to_string(),
            ttl_source: info.ttl_source.to_string(),
            settings: info.settings,
            capacity: info.capacity,
            census: countable.then(|| handle.census()),
            stats: info.stats,
        }
    }
}

fn bounds() -> Vec<f64> {
    let times = LoadTimes::default();
    let bounds = times.buckets().filter_map(|(bound, _)| bound);
    let micros = |bound: Duration| (bound.as_secs_f64() * 1e6).round();
    bounds.map(|bound| micros(bound) / 1e3).collect()
}
