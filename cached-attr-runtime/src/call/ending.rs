//! How a load ends: with a value, or with an error.

use std::any::Any;
use std::time::Duration;

use super::leader::Leader;
use super::request::Request;
use crate::clock;
use crate::entry::SharedEntry;
use crate::entry::{EntryMeta, Kind};
use crate::error::Failure;
use crate::policy::NEVER;
use crate::stats::Counter;
use crate::store::Outcome;
use crate::store::{AnswerSink, StoreOutcome};

impl Request {
    /// What is known of a value at the end of its load.
    pub(super) fn facts(&self, lead: &Leader, value: &dyn Any) -> EntryMeta {
        let nanos = lead.flight.began.elapsed(clock::precise());
        self.store.counters.add_many(Counter::LoadNanos, nanos);
        self.store.facts(
            &self.policy,
            &lead.flight.origin(),
            self.key.as_any(),
            value,
        )
    }

    /// Ends a load that came to a value: stores it, unless it must not be, and hands it to those who wait.
    pub(super) fn succeed(&self, lead: Leader, resident: SharedEntry, may_store: bool) {
        self.settle(&lead, &resident, may_store);
        lead.land(Outcome::Answered(resident));
    }

    /// Ends a load that came to an error: a failure, for which an old answer may stand in, or the source's
    /// last word. Whether the taker has such an old answer.
    pub(super) fn fail(
        &self,
        lead: Leader,
        shared: Option<Failure>,
        is_failure: bool,
        sink: &dyn AnswerSink,
        remember: &dyn Fn(&EntryMeta, Failure) -> Option<SharedEntry>,
    ) -> bool {
        self.store.counters.add(Counter::LoadError);
        let serves_stale = is_failure && self.serve_stale(sink);
        let better = is_failure && self.store.has_useful(&self.policy, &self.query());
        let kept = shared
            .clone()
            .filter(|_| self.policy.error_ttl > 0 && !better)
            .and_then(|failure| {
                remember(
                    &EntryMeta::new(lead.flight.origin(), Kind::Failure),
                    failure,
                )
            });
        match kept {
            Some(resident) => {
                let fate = self.settle(&lead, &resident, true);
                if !is_failure && fate == StoreOutcome::NotStorable {
                    // Switched off meanwhile: the old answer is no longer true all the same.
                    self.store.invalidate(&self.query());
                }
            }
            None if is_failure => self.store.abandon(&lead.flight),
            None => self.store.retract(&self.query(), &lead.flight),
        }
        lead.land(shared.map_or(Outcome::FailedUnshared, Outcome::Failed));
        serves_stale
    }

    fn settle(&self, lead: &Leader, resident: &SharedEntry, may_store: bool) -> StoreOutcome {
        let facts = resident.0.facts();
        let lifetime = self.policy.lifetime(&facts, self.store.ttl_set());
        let answer = (may_store && lifetime > 0).then_some(resident);
        let fate = self
            .store
            .complete(&self.policy, &self.query(), &lead.flight, answer);
        self.record(|status| {
            status.stored = fate == StoreOutcome::CacheValue;
            if status.stored && lifetime != NEVER {
                let age = facts.origin.began.elapsed(clock::precise());
                status.ttl = Some(Duration::from_nanos(lifetime.saturating_sub(age)));
            }
        });
        fate
    }
}
