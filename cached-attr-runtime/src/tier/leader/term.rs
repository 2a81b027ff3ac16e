//! One attempt to lead, from the election to the release.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use tokio::time::Instant;

use super::place::Place;
use super::{Election, Leader, TierError};
use crate::tier::Token;

/// One attempt to lead; dropped, it frees the key.
///
/// All state of an attempt is in its own value: concurrent calls of one function do not see each other's.
pub(super) struct Term<'a> {
    place: &'a Place,
    leader: &'a Leader,
    token: Token,
    over: bool,
}

impl<'a> Term<'a> {
    pub(super) fn new(place: &'a Place, leader: &'a Leader) -> Self {
        Term {
            place,
            leader,
            token: Token::new(),
            over: false,
        }
    }

    pub(super) async fn begin(&mut self) -> Result<Election, TierError> {
        let Leader { key, ttl, .. } = self.leader;
        let election = self.place.acquire(key, self.token, *ttl).await?;
        self.over = matches!(election, Election::Lost { .. });
        Ok(election)
    }

    /// Renews until that fails for good.
    pub(super) async fn until_lost(&self, mut sure_since: Instant) {
        let Some(tier) = self.place.tier() else {
            return std::future::pending().await;
        };
        let Leader { key, ttl, .. } = self.leader;
        let third = *ttl / 3;
        loop {
            tokio::time::sleep(third).await;
            let asked = Instant::now();
            let renewal = tier.renew_leader(key, self.token, *ttl);
            let left = ttl.saturating_sub(sure_since.elapsed());
            match tokio::time::timeout(left, renewal).await {
                Ok(Ok(true)) => sure_since = asked,
                Ok(Ok(false)) | Err(_) => return,
                // Away: there is time until the ttl ends.
                Ok(Err(_)) if sure_since.elapsed() + third < *ttl => {}
                Ok(Err(_)) => {
                    tokio::time::sleep(ttl.saturating_sub(sure_since.elapsed())).await;
                    return;
                }
            }
        }
    }

    /// Ends it after a success.
    pub(super) async fn end(&mut self) {
        let Leader { key, grace, .. } = self.leader;
        let released = self.place.release(key, self.token, *grace).await;
        // Not released, the key is free at the end of its ttl: freed without its grace the work would run again.
        self.over = released.is_ok() || !grace.is_zero();
    }
}

impl Drop for Term<'_> {
    fn drop(&mut self) {
        if !self.over {
            self.place.release_later(&self.leader.key, self.token);
        }
    }
}

/// What the work returned, unless the end came first. Both at the same moment is finished.
pub(super) async fn finish_before<T>(
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
