//! A writer's hold of a key in the shared tier.

use std::time::Duration;

use tokio::runtime::Handle;

use super::TierReach;
use crate::shared::TierKey;
use crate::tier::HeldGuard;

/// How long the hold of a writer that crashed lasts; a living one renews it.
const BOUND: Duration = Duration::from_secs(10);

/// The hold of one key.
pub(super) enum TierHold {
    NotInUse,
    Guarded(HeldGuard),
    /// The tier did not confirm it: at the end the key is invalidated.
    Unconfirmed(Pending),
}

/// An invalidation that is sent when it is dropped.
pub(super) struct Pending(Option<TierKey>);

impl Drop for Pending {
    fn drop(&mut self) {
        if let Some(key) = self.0.take() {
            key.invalidate_later();
        }
    }
}

impl TierHold {
    pub(super) async fn take(key: Option<TierKey>) -> Self {
        let Some(key) = key else {
            return TierHold::NotInUse;
        };
        // Dropped while the tier is waited for, it invalidates.
        let pending = Pending(Some(key));
        let guarded = match &pending.0 {
            // It is renewed in a task.
            Some(key) if Handle::try_current().is_ok() => {
                HeldGuard::take(&key.tier, key.record(), BOUND).await.ok()
            }
            _ => None,
        };
        match guarded {
            Some(guard) => {
                let mut pending = pending;
                pending.0 = None;
                TierHold::Guarded(guard)
            }
            None => TierHold::Unconfirmed(pending),
        }
    }

    pub(super) fn reach(&self) -> TierReach {
        match self {
            TierHold::NotInUse => TierReach::NotInUse,
            TierHold::Guarded(_) => TierReach::Done,
            TierHold::Unconfirmed(_) => TierReach::Queued,
        }
    }

    pub(super) async fn commit(self) -> TierReach {
        match self {
            TierHold::NotInUse => TierReach::NotInUse,
            TierHold::Guarded(guard) => guard.commit().await.into(),
            TierHold::Unconfirmed(pending) => {
                let reach = match &pending.0 {
                    Some(key) => key.invalidate().await,
                    None => TierReach::NotInUse,
                };
                let mut sent = pending;
                sent.0 = None;
                reach
            }
        }
    }
}
