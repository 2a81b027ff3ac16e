//! A writer's hold of a key in the shared tier: none, where the feature `shared` is off.

use super::TierReach;

/// A key in the tier: there is none.
pub(crate) enum TierKey {}

pub(super) enum TierHold {
    NotInUse,
}

#[allow(clippy::unused_async, clippy::unused_self, reason = "as with a tier")]
impl TierHold {
    pub(super) async fn take(_: Option<TierKey>) -> Self {
        TierHold::NotInUse
    }

    pub(super) fn reach(&self) -> TierReach {
        TierReach::NotInUse
    }

    pub(super) async fn commit(self) -> TierReach {
        TierReach::NotInUse
    }
}
