//! How a load ends: with a value, or with an error.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use super::keep::{Keep, Place};
use super::leader::Leader;
use super::request::Request;
use crate::clock::{self, NEVER};
use crate::context::CacheStatus;
use crate::counters::Counter;
use crate::entry::{EntryMeta, Kind, LoadInfo, SharedEntry};
use crate::error::Failure;
use crate::store::{AnswerSink, Completion, Outcome, StoreOutcome};

impl Request {
    /// Looks at a value at the end of its load.
    pub(super) fn keep(&self, leader: &Leader, value: &dyn Any) -> Keep {
        let info = &leader.flight.info;
        let (rules, key) = ((&*self.store, &*self.policy), self.key.as_any());
        let Some(notes) = &self.notes else {
            self.count_load_time(info);
            return Keep::decide(rules, info, key, value, None);
        };
        let mut said = notes.said();
        let place = said.place;
        if !matches!(place, Place::Record { .. } | Place::Stale) {
            self.count_load_time(info);
        }
        let decided = said.decided.take();
        let keep = decided.unwrap_or_else(|| Keep::decide(rules, info, key, value, Some(said)));
        if place == Place::Memory {
            return keep;
        }
        keep.at(place, rules)
    }

    /// The same for the answer that there is no value: kept where there is a `negative_ttl`.
    pub(super) fn keep_absence(&self, leader: &Leader) -> Keep {
        let info = &leader.flight.info;
        self.count_load_time(info);
        let rules = (&*self.store, &*self.policy);
        let keep = Keep::of(rules, EntryMeta::new(*info, Kind::Absent), true);
        let mut keep = keep.at(self.place(), rules);
        if self.policy.negative.is_none() {
            (keep.lifetime, keep.storable) = (0, false);
        }
        keep
    }

    fn place(&self) -> Place {
        let notes = self.notes.as_ref();
        notes.map_or(Place::Memory, |notes| notes.said().place)
    }

    fn count_load_time(&self, info: &LoadInfo) {
        let nanos = clock::since(info.began);
        self.store.count_load_time(&self.policy, nanos);
    }

    /// Ends a load that came to a value: stores it, unless it must not be, and hands it to those who wait.
    pub(super) fn succeed(&self, leader: Leader, keep: &Keep, entry: SharedEntry) {
        self.complete(&leader, keep, &entry);
        leader.complete(Outcome::Answered(entry));
    }

    /// Ends a load that came to an error: a failure, in place of which a stale answer may be served, or the source's
    /// last word. Whether the sink has such a stale answer.
    pub(super) fn fail(
        &self,
        leader: Leader,
        shared: Option<Failure>,
        is_failure: bool,
        sink: &dyn AnswerSink,
        to_entry: &dyn Fn(&EntryMeta, Failure) -> Option<SharedEntry>,
    ) -> bool {
        self.count(Counter::LoadError);
        if !self.store_error(&leader, shared.as_ref(), is_failure, to_entry) {
            if is_failure {
                self.store.fail(&self.policy, &self.query(), &leader.flight);
            } else {
                self.store.complete(
                    &self.policy,
                    &self.query(),
                    &leader.flight,
                    &Completion::Remove,
                );
            }
        }
        let flight = Arc::clone(&leader.flight);
        leader.complete(shared.map_or(Outcome::FailedUnshared, Outcome::Failed));
        is_failure && self.serve_after_failure(&flight, sink)
    }

    /// Stores an error, where there is an `error_ttl` and nothing better in its place. Whether that ended the load.
    fn store_error(
        &self,
        leader: &Leader,
        shared: Option<&Failure>,
        is_failure: bool,
        to_entry: &dyn Fn(&EntryMeta, Failure) -> Option<SharedEntry>,
    ) -> bool {
        let better = || is_failure && self.store.has_useful(&self.policy, &self.query());
        let Some(failure) = shared else { return false };
        if self.policy.error_ttl == 0 || better() {
            return false;
        }
        let meta = EntryMeta::new(leader.flight.info, Kind::Failure);
        let rules = (&*self.store, &*self.policy);
        let keep = Keep::of(rules, meta, true).at(self.place(), rules);
        let Some(entry) = to_entry(&keep.meta, failure.clone()) else {
            return false;
        };
        let outcome = self.complete(leader, &keep, &entry);
        if !is_failure && outcome == StoreOutcome::NotStorable {
            // Switched off meanwhile: the older answer is no longer true all the same.
            self.store.invalidate(&self.query());
        }
        true
    }

    fn complete(&self, leader: &Leader, keep: &Keep, entry: &SharedEntry) -> StoreOutcome {
        if !keep.in_memory() {
            return self.complete_outside(leader, keep);
        }
        // A completed load has the last word, also where its answer is not kept.
        let completion = if keep.storable {
            Completion::Store(entry)
        } else if keep.meta.kind == Kind::Absent && keep.lifetime == 0 {
            Completion::Remove
        } else {
            Completion::Expire
        };
        let outcome = self
            .store
            .complete(&self.policy, &self.query(), &leader.flight, &completion);
        if outcome == StoreOutcome::NotStorable {
            self.count(Counter::Refused);
        }
        self.record_end(keep, outcome);
        outcome
    }

    /// The same for an answer that does not stay in memory.
    #[cfg(feature = "shared")]
    fn complete_outside(&self, leader: &Leader, keep: &Keep) -> StoreOutcome {
        self.store.leave_to_tier(&self.query(), &leader.flight);
        let outcome = match keep.place {
            Place::Tier { stored: true } => StoreOutcome::Stored,
            _ => StoreOutcome::NotStorable,
        };
        if outcome == StoreOutcome::Stored {
            self.count(Counter::Stored);
        }
        self.record_end(keep, outcome);
        outcome
    }

    #[cfg(not(feature = "shared"))]
    #[allow(clippy::unused_self, reason = "as with a tier")]
    fn complete_outside(&self, _: &Leader, _: &Keep) -> StoreOutcome {
        StoreOutcome::NotStorable
    }

    fn record_end(&self, keep: &Keep, outcome: StoreOutcome) {
        self.record(|status| {
            status.stored = outcome == StoreOutcome::Stored;
            if let Place::Record { .. } | Place::Stale = keep.place {
                *status = CacheStatus {
                    hit: true,
                    shared: true,
                    stale: keep.place == Place::Stale,
                    ..CacheStatus::default()
                };
            }
            if (status.stored || status.hit && !status.stale) && keep.lifetime != NEVER {
                let age = keep.meta.load.began.elapsed(clock::precise());
                status.ttl = Some(Duration::from_nanos(keep.lifetime.saturating_sub(age)));
            }
        });
    }
}
