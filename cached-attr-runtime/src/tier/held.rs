//! A lease that is held while a load runs.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::error::TierError;
use super::key::RecordKey;
use super::lease::{Fill, Filled};
use super::record::MapVersion;
use super::token::Token;
use super::{Tier, TierFuture};

/// A lease that renews itself at a third of its length until it is filled or dropped; dropping it gives it back.
#[must_use = "dropping a lease gives it back"]
pub struct HeldLease {
    tier: Arc<dyn Tier>,
    name: Box<str>,
    key: Box<str>,
    token: Token,
    version: MapVersion,
    renewal: JoinHandle<()>,
    over: bool,
}

/// What is to be stored under a [`HeldLease`].
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// The encoded value.
    pub payload: &'a [u8],
    /// The format and type of the payload.
    pub fingerprint: &'a str,
    /// How long it is fresh, counted from the moment the lease was granted.
    pub life: Duration,
    /// How long it may serve as a stale answer after that.
    pub stale: Duration,
    /// The tags, those named during the load included.
    pub tags: &'a [String],
}

impl fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("bytes", &self.payload.len())
            .field("life", &self.life)
            .field("stale", &self.stale)
            .finish_non_exhaustive()
    }
}

impl HeldLease {
    /// Takes charge of a lease that was granted with this token, length and version.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub fn new(
        tier: &Arc<dyn Tier>,
        key: RecordKey<'_>,
        token: Token,
        length: Duration,
        version: MapVersion,
    ) -> Self {
        HeldLease {
            renewal: tokio::spawn(renew(Arc::clone(tier), owned(key), token, length)),
            tier: Arc::clone(tier),
            name: key.name.into(),
            key: key.key.into(),
            token,
            version,
            over: false,
        }
    }

    /// The token that a strict caller's read has to show before it may join this load.
    #[must_use]
    pub fn token(&self) -> Token {
        self.token
    }

    /// The version that the load's record gets.
    #[must_use]
    pub fn version(&self) -> MapVersion {
        self.version
    }

    /// Stores the load's answer, if the lease still stands.
    ///
    /// # Cancel safety
    ///
    /// Dropped before its end, the answer may be stored or not; the lease is given back.
    pub async fn fill(mut self, answer: Answer<'_>) -> Result<Filled, TierError> {
        self.renewal.abort();
        let fill = Fill {
            key: self.record_key(),
            token: self.token,
            payload: answer.payload,
            fingerprint: answer.fingerprint,
            life: answer.life,
            stale: answer.stale,
            version: self.version,
            tags: answer.tags,
        };
        let filled = self.tier.fill(fill).await;
        // A fill that did not arrive leaves the lease: given back, others need not wait for its end.
        self.over = filled.is_ok();
        filled
    }

    fn record_key(&self) -> RecordKey<'_> {
        RecordKey {
            name: &self.name,
            key: &self.key,
        }
    }
}

impl Drop for HeldLease {
    fn drop(&mut self) {
        self.renewal.abort();
        if !self.over {
            self.tier.release(self.record_key(), self.token);
        }
    }
}

impl fmt::Debug for HeldLease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeldLease")
            .field("name", &self.name)
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}

pub(super) fn owned(key: RecordKey<'_>) -> (Box<str>, Box<str>) {
    (key.name.into(), key.key.into())
}

async fn renew(tier: Arc<dyn Tier>, key: (Box<str>, Box<str>), token: Token, length: Duration) {
    let key = RecordKey {
        name: &key.0,
        key: &key.1,
    };
    every_third(length, || tier.renew(key, token, length)).await;
}

/// Renews something at a third of its length, for as long as it stands. An error is tried again at the next third.
pub(super) async fn every_third<'a>(
    length: Duration,
    renew: impl Fn() -> TierFuture<'a, Result<bool, TierError>>,
) {
    loop {
        tokio::time::sleep(length / 3).await;
        if matches!(renew().await, Ok(false)) {
            return;
        }
    }
}
