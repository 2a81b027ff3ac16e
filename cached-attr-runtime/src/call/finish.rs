//! How a load ends: with a value, or with an error.

use std::any::Any;
use std::time::Duration;

use super::leader::Leader;
use super::request::Request;
use crate::clock;
use crate::clock::NEVER;
use crate::counters::Counter;
use crate::entry::{EntryMeta, ErasedPair, Kept, Kind, SharedEntry};
use crate::error::Failure;
use crate::store::{AnswerSink, Completion, Outcome, StoreOutcome};

/// Whether and for how long an answer is kept, decided once.
pub(super) struct Keep {
    pub(super) meta: EntryMeta,
    /// From the start of its load, in nanoseconds.
    lifetime: u64,
    storable: bool,
    kept: Option<Kept>,
}

impl Keep {
    /// The entry of a value.
    pub(super) fn entry<P: ErasedPair>(&self, pair: P) -> SharedEntry {
        SharedEntry::with_kept(&self.meta, self.kept.clone(), pair)
    }
}

impl Request {
    /// Looks at a value at the end of its load.
    pub(super) fn keep(&self, leader: &Leader, value: &dyn Any) -> Keep {
        let info = &leader.flight.info;
        let nanos = info.began.elapsed(clock::precise());
        self.store.count_load_time(&self.policy, nanos);
        let may_store = self.policy.may_store(value);
        let said = self.notes.as_ref().map(|notes| notes.said());
        let said = said.unwrap_or_default();
        let meta = self
            .store
            .meta(&self.policy, info, self.key.as_any(), value, said.ttl);
        Keep {
            kept: said.kept,
            ..self.keep_as(meta, may_store && !said.no_store)
        }
    }

    /// The same for the answer that there is no value: kept where there is a `negative_ttl`.
    pub(super) fn keep_absence(&self, leader: &Leader) -> Keep {
        let info = &leader.flight.info;
        let nanos = info.began.elapsed(clock::precise());
        self.store.count_load_time(&self.policy, nanos);
        let keep = self.keep_as(EntryMeta::new(*info, Kind::Absent), true);
        if self.policy.negative.is_some() {
            return keep;
        }
        Keep {
            lifetime: 0,
            storable: false,
            ..keep
        }
    }

    fn keep_as(&self, meta: EntryMeta, may_store: bool) -> Keep {
        let lifetime = self.policy.lifetime(&meta, self.store.ttl_override());
        Keep {
            meta,
            lifetime,
            storable: may_store && lifetime > 0 && self.store.has_room_for(&meta),
            kept: None,
        }
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
        leader.complete(shared.map_or(Outcome::FailedUnshared, Outcome::Failed));
        is_failure && self.serve_after_failure(sink)
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
        let keep = self.keep_as(EntryMeta::new(leader.flight.info, Kind::Failure), true);
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
        self.record(|status| {
            status.stored = outcome == StoreOutcome::Stored;
            if status.stored && keep.lifetime != NEVER {
                let age = keep.meta.load.began.elapsed(clock::precise());
                status.ttl = Some(Duration::from_nanos(keep.lifetime.saturating_sub(age)));
            }
        });
        outcome
    }
}
