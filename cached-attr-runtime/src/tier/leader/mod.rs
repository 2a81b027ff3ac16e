//! Work that at most one process of the fleet does at a time.

mod place;
#[allow(
    clippy::unused_self,
    reason = "method lookup is what chooses, and it needs a receiver"
)]
mod returned;
mod table;
mod term;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Tier;
use super::error::TierError;
use place::Place;
pub(crate) use table::Table;
use term::{Term, finish_before};

pub use returned::{LeaderReturn, LeaderType, assert_leader, lead};

/// What a request for a leadership came to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Election {
    /// This caller leads.
    Won {
        /// Larger than every earlier leader's: a store that remembers the largest one refuses a leader that was replaced.
        fence: u64,
    },
    /// Somebody else leads, or led so recently that the grace is not over.
    Lost {
        /// The holder, as `host:pid`; empty during the grace.
        holder: String,
        /// How long that lasts if nothing renews it.
        left: Duration,
    },
}

/// What to do when the tier is away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnUnavailable {
    /// Nothing runs.
    #[default]
    Skip,
    /// The work runs: it may run in several processes at a time.
    Run,
}

/// What became of the work.
#[derive(Debug)]
#[non_exhaustive]
pub enum Leadership<T> {
    /// It ran here, to its end.
    Ran(T),
    /// It did not run: somebody else leads or led recently.
    NotLeader {
        /// The holder, as `host:pid`; empty during the grace.
        holder: String,
        /// How long that lasts if nothing renews it.
        left: Duration,
    },
    /// It was cancelled: the leadership could not be renewed in time.
    Lost,
    /// It did not run: the tier is away.
    Unavailable(TierError),
}

impl<T> Leadership<T> {
    /// What the work returned, if it ran to its end.
    pub fn into_ran(self) -> Option<T> {
        match self {
            Leadership::Ran(value) => Some(value),
            _ => None,
        }
    }
}

/// Work guarded by a key: of all processes that use the same key, at most one runs it at a time.
///
/// [`Leader::new`] elects on the tier of this process, [`leader`] on any other. The ttl is 30 seconds and there is no
/// grace, unless they are set.
#[derive(Clone)]
#[must_use = "nothing is elected before `run`"]
pub struct Leader {
    /// None: that of this process.
    tier: Option<Arc<dyn Tier>>,
    key: Box<str>,
    ttl: Duration,
    grace: Duration,
    on_unavailable: OnUnavailable,
}

/// Guards work by a key on this tier.
pub fn leader(tier: &Arc<dyn Tier>, key: &str) -> Leader {
    Leader {
        tier: Some(Arc::clone(tier)),
        ..Leader::new(key)
    }
}

impl Leader {
    /// Guards work by a key on the tier of this process, which is looked up when the work is to run.
    ///
    /// Where none is installed, the tasks of this process elect one among themselves. Work inside of
    /// [`testing::isolated`](crate::testing::isolated) competes with nothing outside of it, and inside of
    /// [`testing::isolated_with`](crate::testing::isolated_with) with all who use that tier.
    ///
    /// ```
    /// use cached_attr_runtime::tier::Leader;
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// let seeding = Leader::new("seed").run(|_fence| async { "seeded" }).await;
    /// assert_eq!(seeding.into_ran(), Some("seeded"));
    /// # });
    /// ```
    pub fn new(key: &str) -> Self {
        Leader {
            tier: None,
            key: key.into(),
            ttl: Duration::from_secs(30),
            grace: Duration::ZERO,
            on_unavailable: OnUnavailable::Skip,
        }
    }

    /// How long a leader that crashed keeps the key. A living one renews it at a third of this.
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl.max(Duration::from_millis(3));
        self
    }

    /// How long after a success nobody leads: the work is done.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// What to do when the tier is away.
    pub fn on_unavailable(mut self, on_unavailable: OnUnavailable) -> Self {
        self.on_unavailable = on_unavailable;
        self
    }

    /// Runs work that cannot fail. See [`try_run`](Leader::try_run).
    pub async fn run<T, F: Future<Output = T>>(
        &self,
        work: impl FnOnce(u64) -> F,
    ) -> Leadership<T> {
        let work = |fence| {
            let work = work(fence);
            async move { Ok::<T, std::convert::Infallible>(work.await) }
        };
        match self.try_run(work).await {
            Ok(leadership) => leadership,
            Err(never) => match never {},
        }
    }

    /// Runs the work if this process becomes the leader, with its fence.
    ///
    /// The grace follows a success only; after an error the key is free at once. Work whose leadership is lost is
    /// dropped before another process can begin: at the end of the ttl, by this machine's own clock, at the latest.
    /// Without a tier that answers, [`OnUnavailable::Run`] runs it with the fence 0.
    ///
    /// # Errors
    ///
    /// Those of the work.
    ///
    /// # Cancel safety
    ///
    /// Dropped, the work is dropped and the key freed.
    pub async fn try_run<T, E, F: Future<Output = Result<T, E>>>(
        &self,
        work: impl FnOnce(u64) -> F,
    ) -> Result<Leadership<T>, E> {
        let place = self.tier.clone().map_or_else(Place::current, Place::Tier);
        let mut term = Term::new(&place, self);
        // Before the request: the server counts from a later moment.
        let began = Instant::now();
        let fence = match term.begin().await {
            Ok(Election::Won { fence }) => fence,
            Ok(Election::Lost { holder, left }) => {
                return Ok(Leadership::NotLeader { holder, left });
            }
            Err(error) => {
                return match self.on_unavailable {
                    OnUnavailable::Skip => Ok(Leadership::Unavailable(error)),
                    OnUnavailable::Run => work(0).await.map(Leadership::Ran),
                };
            }
        };
        match finish_before(work(fence), term.until_lost(began)).await {
            Some(result) => {
                let value = result?;
                term.end().await;
                Ok(Leadership::Ran(value))
            }
            None => Ok(Leadership::Lost),
        }
    }
}

impl fmt::Debug for Leader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leader")
            .field("ttl", &self.ttl)
            .field("grace", &self.grace)
            .finish_non_exhaustive()
    }
}
