//! What a call needs: plain data, its types erased.

use std::sync::Arc;
use std::time::Duration;

use super::load_context::{LoadNotes, NotedLoad};
use super::trace::CallTrace;
use crate::clock::NEVER;
use crate::context::{CacheStatus, Context};
use crate::counters::Counter;
use crate::policy::Policy;
use crate::store::{
    AnswerSink, Flight, FreshnessRequest, OwnedKey, Query, RunningLoad, StaleUse, Store, Tag,
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
    /// The same for the loads that it may join.
    pub(super) joins: FreshnessRequest,
    /// Of a load that this call runs.
    pub(super) tags: Vec<Tag>,
    /// What the code of such a load says of its answer.
    pub(super) notes: Option<Arc<LoadNotes>>,
    /// The body of a load that this call runs, if it serves several keys.
    pub(super) running: Option<Arc<RunningLoad>>,
    pub(super) trace: CallTrace,
}

impl Request {
    /// A call with nothing beside its key and how young an answer it needs.
    pub(super) fn new(
        store: Arc<Store>,
        policy: &Arc<Policy>,
        context: Context,
        key: OwnedKey,
        hash: u64,
        freshness: FreshnessRequest,
    ) -> Self {
        Request {
            store,
            policy: Arc::clone(policy),
            context,
            key,
            hash,
            freshness,
            joins: freshness,
            tags: Vec::new(),
            notes: None,
            running: None,
            trace: CallTrace::none(),
        }
    }

    pub(super) fn query(&self) -> Query<'_> {
        Query {
            hash: self.hash,
            matcher: &self.key,
        }
    }

    /// What the code of a load that this call runs may look at.
    pub(super) fn noted_load(&self, flight: &Arc<Flight>, in_background: bool) -> NotedLoad {
        NotedLoad {
            store: Arc::clone(&self.store),
            policy: Arc::clone(&self.policy),
            flight: Arc::clone(flight),
            freshness: self.freshness,
            in_background,
            replaced: self.store.held(&self.query()),
        }
    }

    pub(super) fn count(&self, counter: Counter) {
        self.store.count(&self.policy, counter);
    }

    /// A load begins. That of a `shared` function counts when its body begins.
    pub(super) fn count_load(&self) {
        if !self.store.is_shared() {
            self.count(Counter::Load);
        }
    }

    pub(super) fn record(&self, change: impl FnOnce(&mut CacheStatus)) {
        self.context.record(change);
    }

    /// Serves a stale answer in place of a load that has failed, where the policy and the caller allow one.
    pub(super) fn serve_after_failure(&self, flight: &Flight, sink: &dyn AnswerSink) -> bool {
        self.serve_instead(flight, sink, |usable| usable.if_error)
    }

    /// The same in place of a load that takes too long.
    pub(super) fn serve_while_loading(&self, flight: &Flight, sink: &dyn AnswerSink) -> bool {
        let served = self.serve_instead(flight, sink, StaleUse::any);
        if served {
            self.count(Counter::StaleAfterSoftTimeout);
        }
        served
    }

    /// The same while a stale record of the shared tier is loaded anew.
    #[cfg(feature = "shared")]
    pub(super) fn serve_revalidated(&self, flight: &Flight, sink: &dyn AnswerSink) -> bool {
        let served = self.serve_instead(flight, sink, |usable| usable.while_revalidate);
        if served {
            self.count(Counter::StaleWhileRevalidate);
        }
        served
    }

    fn serve_instead(
        &self,
        flight: &Flight,
        sink: &dyn AnswerSink,
        use_of: fn(StaleUse) -> bool,
    ) -> bool {
        let served = !self.freshness.refreshes()
            && (self
                .store
                .serve_instead(&self.policy, &self.query(), sink, use_of)
                || self.serve_fallback(flight, sink, use_of));
        if served {
            self.record(|status| status.stale = true);
        }
        served
    }
}

#[cfg(feature = "shared")]
impl Request {
    /// Whether the load has found a stale record that is served while it runs.
    pub(super) fn revalidates(&self) -> bool {
        let notes = self.notes.as_ref();
        notes.is_some_and(|notes| notes.said().revalidates)
    }

    /// Serves the stale record that the flight has found in the shared tier.
    fn serve_fallback(
        &self,
        flight: &Flight,
        sink: &dyn AnswerSink,
        use_of: fn(StaleUse) -> bool,
    ) -> bool {
        let served = flight.fallback.get().is_some_and(|entry| {
            self.store.is_useful(&self.policy, &entry.0, use_of) && sink.accept(&entry.0.pair)
        });
        if served {
            self.count(Counter::Stale);
        }
        served
    }
}

#[cfg(not(feature = "shared"))]
#[allow(clippy::unused_self, reason = "as with a tier")]
impl Request {
    fn serve_fallback(&self, _: &Flight, _: &dyn AnswerSink, _: fn(StaleUse) -> bool) -> bool {
        false
    }
}

/// How long an answer stays fresh; none where that has no end.
pub(super) fn time_left(nanos: u64) -> Option<Duration> {
    (nanos < NEVER / 2).then(|| Duration::from_nanos(nanos))
}
