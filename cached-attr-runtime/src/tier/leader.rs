//! Work that at most one process of the fleet does at a time.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::time::Instant;

use super::Tier;
use super::error::TierError;
use super::token::Token;

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

/// Work guarded by a key: made by [`leader`].
#[derive(Clone)]
#[must_use = "nothing is elected before `run`"]
pub struct Leader {
    tier: Arc<dyn Tier>,
    key: Box<str>,
    ttl: Duration,
    grace: Duration,
    on_unavailable: OnUnavailable,
}

/// Guards work by a key: of all processes that use the same key, at most one runs it at a time.
///
/// The ttl is 30 seconds and there is no grace, unless they are set.
pub fn leader(tier: &Arc<dyn Tier>, key: &str) -> Leader {
    Leader {
        tier: Arc::clone(tier),
        key: key.into(),
        ttl: Duration::from_secs(30),
        grace: Duration::ZERO,
        on_unavailable: OnUnavailable::Skip,
    }
}

impl Leader {
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
        let mut term = Term {
            leader: self,
            token: Token::new(),
            over: false,
        };
        // Before the request: the server counts from a later moment.
        let began = Instant::now();
        let elected = self.tier.acquire_leader(&self.key, term.token, self.ttl);
        let fence = match elected.await {
            Ok(Election::Won { fence }) => fence,
            Ok(Election::Lost { holder, left }) => {
                term.over = true;
                return Ok(Leadership::NotLeader { holder, left });
            }
            Err(error) => {
                return match self.on_unavailable {
                    OnUnavailable::Skip => Ok(Leadership::Unavailable(error)),
                    OnUnavailable::Run => work(0).await.map(Leadership::Ran),
                };
            }
        };
        let done = finish_before(work(fence), self.until_lost(term.token, began));
        match done.await {
            Some(result) => {
                let value = result?;
                term.end(self.grace).await;
                Ok(Leadership::Ran(value))
            }
            None => Ok(Leadership::Lost),
        }
    }

    /// Renews until that fails for good.
    async fn until_lost(&self, token: Token, mut sure_since: Instant) {
        loop {
            let third = self.ttl / 3;
            tokio::time::sleep(third).await;
            let asked = Instant::now();
            let renewal = self.tier.renew_leader(&self.key, token, self.ttl);
            let left = self.ttl.saturating_sub(sure_since.elapsed());
            match tokio::time::timeout(left, renewal).await {
                Ok(Ok(true)) => sure_since = asked,
                Ok(Ok(false)) | Err(_) => return,
                // Away: there is time until the ttl ends.
                Ok(Err(_)) if sure_since.elapsed() + third < self.ttl => {}
                Ok(Err(_)) => {
                    tokio::time::sleep(self.ttl.saturating_sub(sure_since.elapsed())).await;
                    return;
                }
            }
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

/// What the work returned, unless the end came first. Both at the same moment is finished.
async fn finish_before<T>(
    work: impl Future<Output = T>,
    end: impl Future<Output = ()>,
) -> Option<T> {
    let (mut work, mut end) = (pin!(work), pin!(end));
    poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Ready(value) => Poll::Ready(Some(value)),
        Poll::Pending => end.as_mut().poll(cx).map(|()| None),
    })
    .await
}

/// One attempt to lead; dropped, it frees the key.
struct Term<'a> {
    leader: &'a Leader,
    token: Token,
    over: bool,
}

impl Term<'_> {
    async fn end(&mut self, grace: Duration) {
        let leader = self.leader;
        let released = leader
            .tier
            .release_leader(&leader.key, self.token, grace)
            .await;
        // Not released, the key is free at the end of its ttl: freed without its grace the work would run again.
        self.over = released.is_ok() || !grace.is_zero();
    }
}

impl Drop for Term<'_> {
    fn drop(&mut self) {
        if !self.over {
            self.leader
                .tier
                .release_leader_later(&self.leader.key, self.token);
        }
    }
}
