//! The tier over Redis and Valkey.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cached_attr_runtime::tier::{
    Changes, Delivery, Election, Fill, Filled, Health, LeaseReply, LeaseRequest, Lookup, Reading,
    RecordKey, Target, Tier, TierError, TierFuture, TierStats, Token, Trust,
};
use redis::Pipeline;

use crate::config::Connect;
use crate::core::Core;
use crate::journal::Undelivered;
use crate::names::canonical;
use crate::{invalidate, leader, lease, read, write};

/// The shared tier on a Redis or Valkey server: made by [`Connect::build`].
///
/// Dropping it closes its connections.
pub struct RedisTier {
    core: Arc<Core>,
}

impl RedisTier {
    pub(crate) fn new(config: Connect) -> Self {
        RedisTier {
            core: Core::new(config),
        }
    }
}

impl Drop for RedisTier {
    fn drop(&mut self) {
        self.core.stop();
    }
}

impl Tier for RedisTier {
    fn read<'a>(&'a self, lookup: Lookup<'a>) -> TierFuture<'a, Result<Reading, TierError>> {
        Box::pin(async move {
            let mut readings = read::read(&self.core, &[lookup]).await?;
            readings.pop().ok_or(TierError::Unavailable)
        })
    }

    fn read_many<'a>(
        &'a self,
        lookups: &'a [Lookup<'a>],
    ) -> TierFuture<'a, Vec<Result<Reading, TierError>>> {
        Box::pin(async move {
            if lookups.is_empty() {
                return Vec::new();
            }
            match read::read(&self.core, lookups).await {
                Ok(readings) => readings.into_iter().map(Ok).collect(),
                Err(error) => lookups.iter().map(|_| Err(error.clone())).collect(),
            }
        })
    }

    fn lease<'a>(
        &'a self,
        lookup: Lookup<'a>,
        request: LeaseRequest,
    ) -> TierFuture<'a, Result<LeaseReply, TierError>> {
        Box::pin(lease::lease(&self.core, lookup, request))
    }

    fn renew<'a>(
        &'a self,
        key: RecordKey<'a>,
        token: Token,
        length: Duration,
    ) -> TierFuture<'a, Result<bool, TierError>> {
        Box::pin(lease::renew(&self.core, key, token, length))
    }

    fn fill<'a>(&'a self, fill: Fill<'a>) -> TierFuture<'a, Result<Filled, TierError>> {
        Box::pin(lease::fill(&self.core, fill))
    }

    fn release(&self, key: RecordKey<'_>, token: Token) {
        lease::release(&self.core, key, token);
    }

    fn invalidate<'a>(&'a self, target: Target<'a>) -> TierFuture<'a, Delivery> {
        // From the call on: dropped before its first poll, it is queued too.
        let pending = Undelivered::new(&self.core.journal, target.to_owned());
        Box::pin(async move {
            let sent = async {
                let operation = self.core.operation().await?;
                let sent = invalidate::send(&self.core, &operation, target).await;
                sent.map_err(|fault| self.core.failed(fault))
            };
            if sent.await.is_err() {
                self.core.counters.queued.add();
                return Delivery::Queued;
            }
            pending.delivered();
            self.core.counters.invalidations.add();
            Delivery::Done
        })
    }

    fn expire<'a>(&'a self, key: RecordKey<'a>) -> TierFuture<'a, Result<(), TierError>> {
        Box::pin(write::expire(&self.core, key))
    }

    fn guard<'a>(
        &'a self,
        key: RecordKey<'a>,
        token: Token,
        bound: Duration,
    ) -> TierFuture<'a, Result<(), TierError>> {
        Box::pin(write::guard(&self.core, key, token, bound))
    }

    fn commit<'a>(&'a self, key: RecordKey<'a>, token: Token) -> TierFuture<'a, Delivery> {
        Box::pin(write::commit(&self.core, key, token))
    }

    fn commit_later(&self, key: RecordKey<'_>, token: Token) {
        write::commit_later(&self.core, key, token);
    }

    fn acquire_leader<'a>(
        &'a self,
        key: &'a str,
        token: Token,
        ttl: Duration,
    ) -> TierFuture<'a, Result<Election, TierError>> {
        Box::pin(leader::acquire(&self.core, key, token, ttl))
    }

    fn renew_leader<'a>(
        &'a self,
        key: &'a str,
        token: Token,
        ttl: Duration,
    ) -> TierFuture<'a, Result<bool, TierError>> {
        Box::pin(leader::renew(&self.core, key, token, ttl))
    }

    fn release_leader<'a>(
        &'a self,
        key: &'a str,
        token: Token,
        grace: Duration,
    ) -> TierFuture<'a, Result<(), TierError>> {
        Box::pin(leader::release(&self.core, key, token, grace))
    }

    fn release_leader_later(&self, key: &str, token: Token) {
        let (core, key) = (Arc::clone(&self.core), key.to_owned());
        // Failing that, it ends by itself.
        self.core.in_background(async move {
            let _ = leader::release(&core, &key, token, Duration::ZERO).await;
        });
    }

    fn trust(&self) -> &Trust {
        &self.core.trust
    }

    fn changes(&self) -> &Changes {
        &self.core.changes
    }

    fn canonical_key<'a>(&self, key: &'a str) -> Cow<'a, str> {
        canonical(key)
    }

    fn is_up(&self) -> bool {
        self.core.is_up()
    }

    fn health(&self) -> TierFuture<'_, Health> {
        Box::pin(async move {
            let began = Instant::now();
            let answered = async {
                let operation = self.core.operation().await?;
                let mut ping = Pipeline::new();
                ping.cmd("PING");
                operation.send(&ping).await.map_err(TierError::from)
            };
            let answered = answered.await;
            let undelivered = self.core.journal.len();
            if answered.is_err() {
                return Health::down(undelivered);
            }
            let tracking = self.core.trust.generation().is_some();
            Health::up(began.elapsed(), tracking, undelivered)
        })
    }

    fn stats(&self) -> TierStats {
        self.core.counters.snapshot()
    }
}

impl fmt::Debug for RedisTier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisTier")
            .field("namespace", &self.core.config.namespace)
            .finish_non_exhaustive()
    }
}
