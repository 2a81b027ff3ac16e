//! For tests of code that uses cached functions.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{self, nanos};
use crate::context::{Context, Scoped};

/// Gives a future, and what it awaits in its task, its own empty caches: tests that call the same cached
/// functions run in parallel without seeing each other.
///
/// Everything applies inside as it does outside: `script_cache()`, `invalidate_all()`, `set_enabled`. Tasks
/// that the future spawns use the process's caches again; wrap them too. Caches made with
/// [`FnCache::builder`](crate::FnCache::builder) count as well.
///
/// ```
/// # use cached_attr_runtime::FnCache;
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let cache: FnCache<u32, u32> = FnCache::builder().build();
/// cache.insert(1, 10).await;
///
/// cached_attr_runtime::testing::isolated(async {
///     assert_eq!(cache.get(1).await, None);
///     cache.insert(1, 20).await;
/// })
/// .await;
///
/// assert_eq!(cache.get(1).await, Some(10));
/// # });
/// ```
pub fn isolated<F: Future>(future: F) -> Scoped<F> {
    let context = Context {
        isolation: Some(Arc::default()),
        ..Context::default()
    };
    Scoped::new(future, context)
}

/// Moves the wall clock that all caches of this process see forward, as waking from a frozen virtual machine
/// does: the monotonic clock stays where it is.
pub fn step_wall_clock(by: Duration) {
    clock::step_wall(i64::try_from(nanos(by)).unwrap_or(i64::MAX));
}

/// Moves the wall clock that all caches of this process see back, as a time server may do.
pub fn step_wall_clock_back(by: Duration) {
    clock::step_wall(i64::try_from(nanos(by)).map_or(i64::MIN, i64::wrapping_neg));
}
