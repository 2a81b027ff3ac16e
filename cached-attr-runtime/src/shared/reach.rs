//! Invalidations in the tier.

use std::sync::Arc;
use std::task::{Context as TaskContext, Waker};

use tokio::runtime::Handle;

use crate::context::Context;
use crate::store::Store;
use crate::tier::{Delivery, RecordKey, Target, Tier, installed};
use crate::write_guard::TierReach;

/// The tier that is meant here: inside `isolated` a test's own.
pub(crate) fn current_tier() -> Option<Arc<dyn Tier>> {
    match Context::current().isolation {
        Some(isolation) => isolation.tier().cloned(),
        None => installed().cloned(),
    }
}

/// A key in the tier.
pub(crate) struct TierKey {
    pub(crate) tier: Arc<dyn Tier>,
    pub(crate) store: Arc<Store>,
    pub(crate) text: String,
}

impl TierKey {
    pub(crate) fn record(&self) -> RecordKey<'_> {
        RecordKey {
            name: self.store.shared_name(),
            key: &self.text,
        }
    }

    pub(crate) async fn invalidate(&self) -> TierReach {
        invalidate(&self.tier, Target::Key(self.record())).await
    }

    pub(crate) fn invalidate_later(&self) {
        invalidate_later(&self.tier, Target::Key(self.record()));
    }
}

/// Invalidates in the tier. Dropped after its first poll, the invalidation is queued.
pub(crate) async fn invalidate(tier: &Arc<dyn Tier>, target: Target<'_>) -> TierReach {
    let sent = tier.invalidate(target);
    if Handle::try_current().is_err() {
        // Dropped, it is queued.
        return TierReach::Queued;
    }
    sent.await.into()
}

/// The same from where nothing can be awaited.
pub(crate) fn invalidate_later(tier: &Arc<dyn Tier>, target: Target<'_>) {
    let mut sent = tier.invalidate(target);
    if Handle::try_current().is_ok() {
        let mut waker = TaskContext::from_waker(Waker::noop());
        let _ = sent.as_mut().poll(&mut waker);
    }
}

impl From<Delivery> for TierReach {
    fn from(delivery: Delivery) -> Self {
        match delivery {
            Delivery::Done => TierReach::Done,
            Delivery::Queued => TierReach::Queued,
        }
    }
}
