//! What the caches of this process have done, for `/status`.

use serde::Serialize;

use crate::Requests;

/// The answer of `/status`.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// What reached the bucket: with these numbers the others can be checked.
    pub bucket: Requests,
    /// Every cached function of the process.
    pub caches: Vec<CacheReport>,
}

/// One cached function.
#[derive(Clone, Debug, Serialize)]
pub struct CacheReport {
    /// Module path and function.
    pub name: String,
    /// Whether calls read and write the cache.
    pub enabled: bool,
    /// Calls answered from memory.
    pub hits: u64,
    /// Loads begun.
    pub loads: u64,
    /// Loads that ended in an error.
    pub load_errors: u64,
    /// Calls that were answered by another call's load.
    pub collapsed: u64,
    /// Calls that got a stale answer because the load failed.
    pub stale: u64,
    /// Calls that ran the body and neither read nor wrote the cache.
    pub bypassed: u64,
    /// About how long callers would have waited without the cache, in all.
    pub seconds_saved: f64,
}

impl CacheReport {
    /// Every cached function of the process.
    #[must_use]
    pub fn all() -> Vec<Self> {
        cached_attr::caches().iter().map(Self::of).collect()
    }

    fn of(cache: &cached_attr::CacheInfo) -> Self {
        let stats = &cache.stats;
        Self {
            name: cache.name[..].to_owned(),
            enabled: stats.enabled,
            hits: stats.hits,
            loads: stats.loads,
            load_errors: stats.load_errors,
            collapsed: stats.collapsed,
            stale: stats.stale,
            bypassed: stats.bypassed,
            seconds_saved: stats.time_saved().as_secs_f64(),
        }
    }
}
