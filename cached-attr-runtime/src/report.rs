//! What all caches of the process do, and controlling them together.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::cache_info::CacheInfo;
use crate::context::Context;
use crate::handle::{CacheHandle, handles};
use crate::registry;
use crate::site::linked;
use crate::stats::Stats;
use crate::store::{self, Store};
use crate::ttl_env::TtlEnvError;
use crate::write_guard::Invalidation;

/// The stores that are meant here: inside `isolated` a test's own.
fn active_stores() -> Vec<Arc<Store>> {
    let context = Context::current();
    let caches = registry::all();
    caches
        .iter()
        .map(|cache| context.active_store(&cache.store))
        .collect()
}

/// Every cached function that is linked into this program, also those not yet called, and every cache that was made with
/// [`FnCache::builder`](crate::FnCache::builder) and is alive, ordered by name.
///
/// ```
/// for cache in cached_attr_runtime::caches() {
///     println!("{cache}");
/// }
/// ```
#[must_use]
pub fn caches() -> Vec<CacheInfo> {
    handles().iter().map(CacheHandle::info).collect()
}

/// What [`check`] found, all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckError {
    /// The environment variables that hold no lifetime.
    pub variables: Vec<TtlEnvError>,
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, error) in self.variables.iter().enumerate() {
            if nth > 0 {
                f.write_str("; ")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl Error for CheckError {}

/// Checks, for start-up, what the environment says about every cached function of this program.
///
/// # Errors
///
/// Every `ttl_env` variable that cannot be parsed, all at once. Without this call
/// such a function uses its attribute's own ttl, and one error is logged.
pub fn check() -> Result<(), CheckError> {
    let mut variables: Vec<TtlEnvError> = linked::all()
        .filter_map(|site| site.read_env()?.err())
        .collect();
    variables.sort_by(|a, b| a.variable().cmp(b.variable()));
    variables.dedup();
    if variables.is_empty() {
        Ok(())
    } else {
        Err(CheckError { variables })
    }
}

/// Removes every entry of every cache; see [`FnCache::invalidate_all`](crate::FnCache::invalidate_all).
#[allow(
    clippy::unused_async,
    reason = "the shared tier will be waited for here"
)]
pub async fn invalidate_all() -> Invalidation {
    let mut removed = 0;
    for store in active_stores() {
        removed += store.invalidate_all();
    }
    Invalidation::in_process(removed)
}

/// Removes every entry that has a tag, from every cache of this process. No load with that tag that began before this
/// returns can store its answer or answer a later call.
///
/// The option `tags` gives entries their tags. A tag with two or more captures is escaped as a text key is: write
/// `#[invalidates(tag("…"))]` with the same text rather than making it by hand.
///
/// The cost is that of the entries that have the tag, however many others there are. It takes effect in the first poll:
/// dropping the future after that undoes nothing.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let tenant = "acme";
/// let invalidation = cached_attr_runtime::invalidate_tag(&format!("tenant:{tenant}")).await;
/// assert_eq!(invalidation.removed, 0);
/// # });
/// ```
#[allow(
    clippy::unused_async,
    reason = "the shared tier will be waited for here"
)]
pub async fn invalidate_tag(tag: &str) -> Invalidation {
    let mut removed = 0;
    for store in active_stores() {
        removed += store.invalidate_tag(tag);
    }
    Invalidation::in_process(removed)
}

/// Frees every entry of every cache that can be of no use any more; see
/// [`FnCache::free_expired`](crate::FnCache::free_expired).
pub fn free_expired() {
    for store in active_stores() {
        store.free_expired();
    }
}

/// Switches all caches of the process off or on, beside what each one's own
/// [`set_enabled`](crate::FnCache::set_enabled) says. Entries are kept, and invalidations still apply.
///
/// Inside [`testing::isolated`](crate::testing::isolated) it applies to the test's own caches that have been
/// made so far.
pub fn set_enabled(enabled: bool) {
    if Context::current().isolation.is_some() {
        for store in active_stores() {
            store.set_enabled(enabled);
        }
    } else {
        store::set_all_enabled(enabled);
    }
}

/// What all caches together have done.
#[must_use]
pub fn stats() -> Stats {
    let context = Context::current();
    registry::all()
        .iter()
        .map(|cache| context.active_store(&cache.store).stats(&cache.policy))
        .fold(Stats::default(), Stats::plus)
}
