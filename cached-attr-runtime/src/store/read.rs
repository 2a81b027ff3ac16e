//! Reading: one lookup, one look at the age, one clone.

use super::Store;
use super::erased_key::{AnswerSink, ByHash, Query};
use crate::clock::{self, RESOLUTION, Stamp};
use crate::entry::{EntryHeader, SharedEntry, State};
use crate::entry::{Kind, LoadInfo};
use crate::policy::{NEVER, Policy};
use crate::stats::Counter;

/// What a lookup found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A fresh answer, given to the taker. How many nanoseconds it stays fresh.
    Hit {
        left: u64,
    },
    /// An answer past its lifetime.
    Stale,
    /// A fresh answer, too old for this caller.
    TooOld,
    Nothing,
}

/// How old an answer may be for a caller, beside the policy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FreshnessRequest {
    /// Nanoseconds from which on an answer is too old.
    pub(crate) oldest: u64,
    /// An answer whose load began after this one is always young enough.
    pub(crate) since: u64,
    /// And was itself content with answers of this age at most.
    pub(crate) within: u64,
}

impl FreshnessRequest {
    /// Whether the caller wants something younger than the policy does.
    pub(crate) fn refreshes(&self) -> bool {
        self.oldest != NEVER
    }

    /// Whether a load that began there is young enough at `now`, and was strict enough.
    pub(crate) fn accepts(&self, load: &LoadInfo, now: Stamp) -> bool {
        self.oldest == NEVER
            || load.began.elapsed(now) < self.oldest
            || (load.sequence > self.since && load.within <= self.within)
    }
}

impl Store {
    /// The whole of a hit, for a caller without wishes. The taker looks at the key itself.
    #[inline]
    pub(crate) fn hit(&self, policy: &Policy, hash: u64, sink: &dyn AnswerSink) -> bool {
        let found = self.index.with(&ByHash(hash), |resident| {
            let entry = &*resident.0;
            let fresh = self.is_surely_fresh(policy, entry)
                || matches!(self.judge(policy, entry, None), Found::Hit { .. });
            let hit = fresh && sink.take(&entry.body);
            if hit {
                self.eviction.record_hit(entry);
                self.counters.hit();
            }
            hit
        });
        found == Some(true)
    }

    /// Whether a plain entry is so young that one look at the coarse clock tells.
    #[inline]
    fn is_surely_fresh(&self, policy: &Policy, entry: &EntryHeader) -> bool {
        let age = entry.loaded_at.elapsed(clock::coarse());
        let lifetime = self.ttl_set().unwrap_or(policy.fixed());
        entry.is_plain() && self.limits.tti == 0 && age.saturating_add(RESOLUTION) < lifetime
    }

    /// Looks a key up for a caller who may have wishes. A fresh answer goes to the taker; nothing is counted.
    pub(crate) fn read(
        &self,
        policy: &Policy,
        query: &Query<'_>,
        sink: &dyn AnswerSink,
        wanted: &FreshnessRequest,
    ) -> Found {
        let found = self.index.with(query, |resident| {
            let found = self.judge(policy, &resident.0, Some(wanted));
            if matches!(found, Found::Hit { .. }) {
                if !sink.take(&resident.0.body) {
                    return Found::Nothing;
                }
                self.eviction.record_hit(&resident.0);
            }
            found
        });
        found.unwrap_or(Found::Nothing)
    }

    /// The entry that may answer such a caller, and how many nanoseconds it stays fresh. Nothing of the user's but
    /// the key's `eq` runs here: it may be called under a lock.
    pub(crate) fn find(
        &self,
        policy: &Policy,
        query: &Query<'_>,
        wanted: &FreshnessRequest,
    ) -> Option<(SharedEntry, u64)> {
        let found = self.index.with(query, |resident| {
            match self.judge(policy, &resident.0, Some(wanted)) {
                Found::Hit { left } => Some((resident.clone(), left)),
                _ => None,
            }
        });
        found.flatten()
    }

    /// Looks a key up for a caller whom no stored answer satisfies: why it is not answered.
    pub(crate) fn peek(&self, policy: &Policy, query: &Query<'_>) -> Found {
        let found = self.index.with(query, |resident| {
            match self.judge(policy, &resident.0, None) {
                Found::Hit { .. } => Found::TooOld,
                found => found,
            }
        });
        found.unwrap_or(Found::Nothing)
    }

    /// Looks for an old answer that may stand in for a load: one that has failed, or one that is not to be
    /// tried again yet. It goes to the taker.
    pub(crate) fn serve_stale(
        &self,
        policy: &Policy,
        query: &Query<'_>,
        sink: &dyn AnswerSink,
        failed: bool,
    ) -> bool {
        if policy.stale_if_error == 0 {
            return false;
        }
        let found = self.index.with(query, |resident| {
            let entry = &*resident.0;
            let now = clock::precise();
            let useful = policy.useful(&entry.facts(), self.ttl_set());
            let serves_stale = !entry.is_invalidated()
                && !self.has_idled(entry, now)
                && entry.kind() != Kind::Failure
                && entry.loaded_at.elapsed(now) < useful
                && (failed || entry.is_paused(now.mono));
            if serves_stale {
                if failed {
                    entry.pause(now.mono.saturating_add(policy.retry_after));
                }
                self.counters.add(Counter::Stale);
            }
            serves_stale && sink.take(&entry.body)
        });
        found == Some(true)
    }

    /// Whether an entry may answer.
    fn judge(
        &self,
        policy: &Policy,
        entry: &EntryHeader,
        wanted: Option<&FreshnessRequest>,
    ) -> Found {
        match entry.state() {
            State::Fresh => {}
            State::Expired => return Found::Stale,
            State::Dead => return Found::Nothing,
        }
        let facts = entry.facts();
        let lifetime = policy.lifetime(&facts, self.ttl_set());
        let now = clock::precise();
        let age = entry.loaded_at.elapsed(now);
        if self.limits.tti > 0 && self.is_idle(entry, now) {
            return Found::Nothing;
        }
        if age >= lifetime {
            return Found::Stale;
        }
        match wanted {
            Some(wanted) if !wanted.accepts(&facts.origin, now) => Found::TooOld,
            _ => Found::Hit {
                left: lifetime - age,
            },
        }
    }

    /// Whether nobody read the entry for too long.
    pub(crate) fn has_idled(&self, entry: &EntryHeader, now: Stamp) -> bool {
        self.limits.tti > 0 && now.mono.saturating_sub(entry.last_read()) >= self.limits.tti
    }

    /// The same; else notes that somebody reads it now.
    fn is_idle(&self, entry: &EntryHeader, now: Stamp) -> bool {
        if self.has_idled(entry, now) {
            return true;
        }
        entry.touch(now.mono);
        false
    }

    /// The entry under a key, fresh or not, with its age in nanoseconds.
    pub(crate) fn age(&self, query: &Query<'_>) -> Option<u64> {
        let resident = self.index.get(query)?;
        if resident.0.is_invalidated() {
            return None;
        }
        Some(resident.0.loaded_at.elapsed(clock::precise()))
    }
}
