//! For tests of code that uses cached functions.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{self, nanos};
use crate::context::{Context, Entered, Scoped};

/// Gives a future, and what it awaits in its task, its own empty caches: tests that call the same cached
/// functions run in parallel without seeing each other.
///
/// Everything applies inside as it does outside: `script_cache()`, `invalidate_all()`, `set_enabled`. Tasks
/// that the future spawns use the process's caches again: wrap them too, or see [`isolate_thread`]. Caches made with
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

/// Gives everything that this thread polls its own empty caches, until the guard is dropped: also the tasks that a test
/// spawns on its current-thread runtime, such as the server of the application under test.
///
/// Make it at the top of a test, outside of [`isolated`] and of [`CacheControl::scope`](crate::CacheControl::scope).
/// Work that other threads do (`spawn_blocking`, a multi-thread runtime) uses the process's caches.
///
/// ```
/// use cached_attr_runtime::FnCache;
/// use cached_attr_runtime::testing::isolate_thread;
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let cache: FnCache<u32, u32> = FnCache::builder().build();
/// cache.insert(1, 10).await;
///
/// let guard = isolate_thread();
/// let handle = cache.clone();
/// let spawned = tokio::spawn(async move { handle.get(1).await });
/// assert_eq!(spawned.await.unwrap(), None);
///
/// drop(guard);
/// assert_eq!(cache.get(1).await, Some(10));
/// # });
/// ```
pub fn isolate_thread() -> IsolatedThread {
    let context = Context {
        isolation: Some(Arc::default()),
        ..Context::default()
    };
    IsolatedThread {
        _entered: context.enter(),
        this_thread: PhantomData,
    }
}

/// See [`isolate_thread`]. It cannot be sent to another thread.
#[must_use = "the caches are isolated until the guard is dropped"]
pub struct IsolatedThread {
    _entered: Entered,
    this_thread: PhantomData<*const ()>,
}

impl fmt::Debug for IsolatedThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IsolatedThread").finish_non_exhaustive()
    }
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
