//! Where a leader is elected: on a tier, or among the tasks of this process.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use super::{Election, Table, TierError};
use crate::context::Context;
use crate::tier::{Tier, Token, installed};

/// Where a leader is elected.
pub(super) enum Place {
    Tier(Arc<dyn Tier>),
    Process(Arc<Table>),
}

impl Place {
    /// A test's own, the tier that is installed, or this process.
    pub(super) fn current() -> Self {
        static PROCESS: LazyLock<Arc<Table>> = LazyLock::new(Arc::default);
        let isolation = Context::current().isolation;
        let tier = match &isolation {
            Some(isolation) => isolation.tier(),
            None => installed(),
        };
        match (tier, &isolation) {
            (Some(tier), _) => Place::Tier(Arc::clone(tier)),
            (None, Some(isolation)) => Place::Process(isolation.leaders()),
            (None, None) => Place::Process(Arc::clone(&PROCESS)),
        }
    }

    pub(super) async fn acquire(
        &self,
        key: &str,
        token: Token,
        ttl: Duration,
    ) -> Result<Election, TierError> {
        match self {
            Place::Tier(tier) => tier.acquire_leader(key, token, ttl).await,
            Place::Process(table) => Ok(table.acquire(key, token, ttl)),
        }
    }

    /// Where a leadership ends by itself, unless it is renewed.
    pub(super) fn tier(&self) -> Option<&Arc<dyn Tier>> {
        match self {
            Place::Tier(tier) => Some(tier),
            Place::Process(_) => None,
        }
    }

    pub(super) async fn release(
        &self,
        key: &str,
        token: Token,
        grace: Duration,
    ) -> Result<(), TierError> {
        match self {
            Place::Tier(tier) => tier.release_leader(key, token, grace).await,
            Place::Process(table) => {
                table.release(key, token, grace);
                Ok(())
            }
        }
    }

    pub(super) fn release_later(&self, key: &str, token: Token) {
        match self {
            Place::Tier(tier) => tier.release_leader_later(key, token),
            Place::Process(table) => table.release(key, token, Duration::ZERO),
        }
    }
}
