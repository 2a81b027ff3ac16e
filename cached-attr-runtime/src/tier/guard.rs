//! A key that a writer holds across the fleet.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::Tier;
use super::error::TierError;
use super::held::{every_third, owned};
use super::key::RecordKey;
use super::target::Delivery;
use super::token::Token;

/// While it lives no replica stores the key; it renews itself at a third of its bound. Should this process end without
/// dropping it, the tier ends it after the bound.
#[must_use = "dropping the guard at once only invalidates the key"]
pub struct HeldGuard {
    tier: Arc<dyn Tier>,
    name: Box<str>,
    key: Box<str>,
    token: Token,
    renewal: JoinHandle<()>,
    over: bool,
}

impl HeldGuard {
    /// Guards a key: from now until [`commit`](HeldGuard::commit) nothing is stored under it.
    ///
    /// # Errors
    ///
    /// When the tier did not confirm it: the source must not be written as if it were guarded.
    ///
    /// # Cancel safety
    ///
    /// Dropped before its end, a guard that the tier may have taken is ended again.
    pub async fn take(
        tier: &Arc<dyn Tier>,
        key: RecordKey<'_>,
        bound: Duration,
    ) -> Result<Self, TierError> {
        let token = Token::new();
        let (name, text) = owned(key);
        // Before the request: dropped while it runs, the guard is ended.
        let mut guard = HeldGuard {
            renewal: tokio::spawn(std::future::ready(())),
            tier: Arc::clone(tier),
            name,
            key: text,
            token,
            over: false,
        };
        tier.guard(key, token, bound).await?;
        guard.renewal = tokio::spawn(renew(Arc::clone(tier), owned(key), token, bound));
        Ok(guard)
    }

    /// Ends the guard: what is loaded from now on is stored again. Call it after the source has committed.
    ///
    /// # Cancel safety
    ///
    /// Dropped before its end, the guard is ended in the background.
    pub async fn commit(mut self) -> Delivery {
        self.renewal.abort();
        let delivery = self.tier.commit(self.record_key(), self.token).await;
        self.over = true;
        delivery
    }

    fn record_key(&self) -> RecordKey<'_> {
        RecordKey {
            name: &self.name,
            key: &self.key,
        }
    }
}

impl Drop for HeldGuard {
    fn drop(&mut self) {
        self.renewal.abort();
        if !self.over {
            self.tier.commit_later(self.record_key(), self.token);
        }
    }
}

impl fmt::Debug for HeldGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldGuard")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

async fn renew(tier: Arc<dyn Tier>, key: (Box<str>, Box<str>), token: Token, bound: Duration) {
    let key = RecordKey {
        name: &key.0,
        key: &key.1,
    };
    let tier = &tier;
    every_third(bound, || {
        Box::pin(async move { tier.guard(key, token, bound).await.map(|()| true) })
    })
    .await;
}
