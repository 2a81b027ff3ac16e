//! What a call needs: plain data, its types erased.

use std::sync::Arc;
use std::time::Duration;

use super::load_context::LoadNotes;
use crate::clock::NEVER;
use crate::context::{CacheStatus, Context};
use crate::counters::Counter;
use crate::policy::Policy;
use crate::store::{
    AnswerSink, FreshnessRequest, OwnedKey, Query, RunningLoad, StaleUse, Store, Tag,
};

/// The per-call options of an attribute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mode {
    pub(super) bypass: bool,
    pub(super) refresh: bool,
}

impl Mode {
    /// A call like any other.
    #[must_use]
    pub const fn new() -> Self {
        Mode {
            bypass: false,
            refresh: false,
        }
    }

    /// `bypass = …`
    #[must_use]
    pub const fn bypass(mut self, bypass: bool) -> Self {
        self.bypass = bypass;
        self
    }

    /// `refresh = …`
    #[must_use]
    pub const fn refresh(mut self, refresh: bool) -> Self {
        self.refresh = refresh;
        self
    }
}

/// A call that found no answer in memory.
pub(super) struct Request {
    pub(super) store: Arc<Store>,
    pub(super) policy: Arc<Policy>,
    pub(super) context: Context,
    pub(super) key: OwnedKey,
    pub(super) hash: u64,
    pub(super) freshness: FreshnessRequest,
    /// Of a load that this call runs.
    pub(super) tags: Vec<Tag>,
    /// What the code of such a load says of its answer.
    pub(super) notes: Option<Arc<LoadNotes>>,
    /// The body of a load that this call runs, if it serves several keys.
    pub(super) running: Option<Arc<RunningLoad>>,
}

impl Request {
    pub(super) fn query(&self) -> Query<'_> {
        Query {
            hash: self.hash,
            matcher: &self.key,
        }
    }

    pub(super) fn count(&self, counter: Counter) {
        self.store.count(&self.policy, counter);
    }

    pub(super) fn record(&self, change: impl FnOnce(&mut CacheStatus)) {
        self.context.record(change);
    }

    /// Serves a stale answer in place of a load that has failed, where the policy and the caller allow one.
    pub(super) fn serve_after_failure(&self, sink: &dyn AnswerSink) -> bool {
        self.serve_instead(sink, |usable| usable.if_error)
    }

    /// The same in place of a load that takes too long.
    pub(super) fn serve_while_loading(&self, sink: &dyn AnswerSink) -> bool {
        let served = self.serve_instead(sink, StaleUse::any);
        if served {
            self.count(Counter::StaleAfterSoftTimeout);
        }
        served
    }

    fn serve_instead(&self, sink: &dyn AnswerSink, use_of: fn(StaleUse) -> bool) -> bool {
        let served = !self.freshness.refreshes()
            && self
                .store
                .serve_instead(&self.policy, &self.query(), sink, use_of);
        if served {
            self.record(|status| status.stale = true);
        }
        served
    }
}

/// How long an answer stays fresh; none where that has no end.
pub(super) fn time_left(nanos: u64) -> Option<Duration> {
    (nanos < NEVER / 2).then(|| Duration::from_nanos(nanos))
}
