//! What the conformance suite needs of a tier: replicas, other programs, and faults.

use std::sync::Arc;

use cached_attr_runtime::tier::{RecordKey, Tier, TierFuture};

/// Several replicas on one tier.
pub trait Fleet: Send + Sync {
    /// Another replica, up and trusted.
    fn replica(&self) -> TierFuture<'_, Replica>;

    /// Another program deletes a record.
    fn foreign_delete<'a>(&'a self, key: RecordKey<'a>) -> TierFuture<'a, ()>;

    /// Another program writes something under a record's key.
    fn foreign_write<'a>(&'a self, key: RecordKey<'a>) -> TierFuture<'a, ()>;

    /// The record of invalidated tags is lost.
    fn lose_map(&self) -> TierFuture<'_, ()>;
}

/// One replica, and the line between it and the tier.
pub struct Replica {
    /// Its view of the tier.
    pub tier: Arc<dyn Tier>,
    /// Its line.
    pub line: Box<dyn Line>,
}

/// The line between a replica and the tier.
pub trait Line: Send + Sync {
    /// Connections break, and new ones are refused.
    fn cut(&self);

    /// Nothing gets through, and nothing breaks: what is sent arrives when the line is restored.
    fn stall(&self);

    /// The line works again; returns when the replica has noticed.
    fn restore(&self) -> TierFuture<'_, ()>;
}
