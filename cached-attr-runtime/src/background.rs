//! Loads in the background: how many may run, and waiting for those that do.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tracing::Instrument as _;

use crate::store::Store;

/// How many loads of the whole process run in the background at once when nothing else is said.
const PROCESS_LIMIT: usize = 1024;

/// How long [`flush_background`] waits.
const FLUSH_LIMIT: Duration = Duration::from_secs(10);

static LIMIT: AtomicUsize = AtomicUsize::new(PROCESS_LIMIT);

/// Those that run, by number: whoever waits for them waits for those with a lower one.
#[derive(Default)]
struct Running {
    next: u64,
    numbers: BTreeSet<u64>,
}

impl Running {
    /// Makes room for one more; none where there are so many already.
    fn enter(&mut self, limit: usize) -> Option<u64> {
        if self.numbers.len() >= limit {
            return None;
        }
        let number = self.next;
        self.next += 1;
        self.numbers.insert(number);
        Some(number)
    }
}

static TRACKER: LazyLock<watch::Sender<Running>> = LazyLock::new(watch::Sender::default);

/// Room for one load in the background.
pub(crate) struct Permit {
    store: Arc<Store>,
    runtime: Handle,
    number: u64,
}

impl Permit {
    /// None where too many run, or where there is no tokio runtime to run it.
    pub(crate) fn acquire(store: &Arc<Store>) -> Option<Self> {
        let runtime = Handle::try_current().ok()?;
        if !store.enter_background() {
            return None;
        }
        let mut entered = None;
        // Nobody waits for a load to begin: no one is woken.
        TRACKER.send_if_modified(|running| {
            entered = running.enter(LIMIT.load(Ordering::Relaxed));
            false
        });
        let Some(number) = entered else {
            store.leave_background();
            return None;
        };
        Some(Permit {
            store: Arc::clone(store),
            runtime,
            number,
        })
    }

    /// Where the load runs.
    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.store.leave_background();
        TRACKER.send_modify(|running| {
            running.numbers.remove(&self.number);
        });
    }
}

/// Runs a load in the background, inside the span of the caller.
pub(crate) fn spawn<F>(runtime: &Handle, load: F)
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    drop(runtime.spawn(load.in_current_span()));
}

/// Waits for the loads that run in the background, of all caches of the process, at most ten seconds. Returns how many of
/// them still run.
///
/// For the end of a program, or of an invocation of a serverless function that is frozen afterwards. Loads that begin
/// while this waits are not waited for.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// assert_eq!(cached_attr_runtime::flush_background().await, 0);
/// # }
/// ```
///
/// # Cancel safety
///
/// Dropping the future only ends the wait.
///
/// # Panics
///
/// Outside of a tokio runtime with its timer enabled, if anything runs in the background.
pub async fn flush_background() -> usize {
    flush_background_within(FLUSH_LIMIT).await
}

/// The same, with another bound.
pub async fn flush_background_within(limit: Duration) -> usize {
    let mut tracker = TRACKER.subscribe();
    let end = tracker.borrow().next;
    let left = |running: &Running| running.numbers.range(..end).count();
    if left(&tracker.borrow()) > 0 {
        let none_left = tracker.wait_for(|running| left(running) == 0);
        // The sender is never dropped.
        let _ = tokio::time::timeout(limit, none_left).await;
    }
    left(&tracker.borrow())
}

/// Sets how many loads of the whole process run in the background at once, beside the limit of each cache. 1024 where
/// nothing is said.
pub fn set_max_background(loads: usize) {
    LIMIT.store(loads, Ordering::Relaxed);
}
