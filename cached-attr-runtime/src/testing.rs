//! For tests of code that uses cached functions.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{self, nanos};
#[cfg(feature = "shared")]
use crate::context::Isolation;
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

/// The caches of one replica in a test: what it runs shares them, and reaches the others through the tier.
///
/// ```
/// # #[cfg(feature = "shared")]
/// # async fn example(tier: std::sync::Arc<dyn cached_attr_runtime::tier::Tier>, cache: cached_attr_runtime::FnCache<u32, u32>) {
/// use cached_attr_runtime::testing::Replica;
///
/// let replica = Replica::of(tier);
/// replica.run(cache.insert(1, 10)).await;
/// assert_eq!(replica.run(cache.get(1)).await, Some(10));
/// # }
/// ```
#[cfg(feature = "shared")]
#[derive(Clone)]
pub struct Replica(Arc<Isolation>);

#[cfg(feature = "shared")]
impl Replica {
    /// One that has nothing in memory yet.
    #[must_use]
    pub fn of(tier: Arc<dyn crate::tier::Tier>) -> Self {
        Replica(Arc::new(Isolation::with_tier(tier)))
    }

    /// Runs a future, and what it awaits in its task, in this replica.
    pub fn run<F: Future>(&self, future: F) -> Scoped<F> {
        let context = Context {
            isolation: Some(Arc::clone(&self.0)),
            ..Context::default()
        };
        Scoped::new(future, context)
    }
}

#[cfg(feature = "shared")]
impl fmt::Debug for Replica {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replica").finish_non_exhaustive()
    }
}

/// [`isolated`] with a shared tier of its own: a replica that runs one future.
///
/// The caches that it is given hold nothing in memory at first, but find what others have stored in the tier. Inside of
/// [`isolated`] there is no tier, whatever the process has installed.
#[cfg(feature = "shared")]
pub fn isolated_with<F: Future>(tier: Arc<dyn crate::tier::Tier>, future: F) -> Scoped<F> {
    Replica::of(tier).run(future)
}

/// Gives everything that this thread polls its own empty caches, until the guard is dropped: also the tasks that a test
/// spawns on its current-thread runtime, such as the server of the application under test.
///
/// Make it at the top of a test, outside of [`isolated`] and of [`CacheControl::scope`](crate::CacheControl::scope). Of
/// several guards the one that was made last has to be dropped first.
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
        _entered: Entered::new(context),
        this_thread: PhantomData,
    }
}

/// See [`isolate_thread`]. It cannot be sent to another thread.
#[must_use = "the caches are isolated until the guard is dropped"]
pub struct IsolatedThread {
    _entered: Entered<Context>,
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
