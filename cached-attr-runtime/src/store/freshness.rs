//! Freshness: the one decision whether an entry may answer, and for what a stale one may still be used.

use super::Store;
use crate::clock::NEVER;
use crate::clock::{self, RESOLUTION, Stamp};
use crate::entry::{EntryHeader, Kind, LoadInfo};
use crate::policy::Policy;

/// What an entry is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Younger than its lifetime, by so many nanoseconds. Whether it is to be refreshed ahead of its end.
    Fresh {
        left: u64,
        refresh: bool,
    },
    Stale(StaleUse),
    /// Invalidated, or not read for too long.
    Gone,
}

/// For what an answer past its lifetime may still be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StaleUse {
    /// In place of a load that fails.
    pub(crate) if_error: bool,
    /// While it is loaded anew in the background.
    pub(crate) while_revalidate: bool,
}

impl StaleUse {
    /// For anything at all.
    pub(crate) fn any(self) -> bool {
        self.if_error || self.while_revalidate
    }
}

/// How old an answer may be for a caller, beside the policy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FreshnessRequest {
    /// Nanoseconds from which on an answer is too old; [`NEVER`] for a caller who takes what the policy allows.
    pub(crate) max_age: u64,
    /// An answer whose load began after this one is always young enough, ...
    pub(crate) after_sequence: u64,
    /// ... if it was itself made of answers of this age at most.
    pub(crate) max_input_age: u64,
}

impl FreshnessRequest {
    /// What the policy allows.
    pub(crate) const BY_POLICY: Self = FreshnessRequest {
        max_age: NEVER,
        after_sequence: 0,
        max_input_age: NEVER,
    };

    /// Whether the caller needs something younger than the policy does.
    pub(crate) fn refreshes(&self) -> bool {
        self.max_age != NEVER
    }

    /// Whether what a load that began there gives is young enough at `now`.
    pub(crate) fn accepts(&self, load: &LoadInfo, now: Stamp) -> bool {
        self.max_age == NEVER
            || load.began.elapsed(now) < self.max_age
            || (load.sequence > self.after_sequence && load.max_input_age <= self.max_input_age)
    }
}

impl Store {
    /// Whether an entry is fresh beyond doubt: one look at its header and at the coarse clock. What this is not sure of
    /// is left to [`Store::classify`].
    #[inline]
    pub(super) fn is_surely_fresh(&self, policy: &Policy, entry: &EntryHeader) -> bool {
        let now = clock::coarse();
        let age = entry.loaded_at.elapsed(now).saturating_add(RESOLUTION);
        let sure = policy.surely_fresh_for(self.ttl_override());
        if entry.only_fixed_ttl() {
            return age < sure;
        }
        self.is_surely_fresh_copy(entry, now, (age, sure))
    }

    /// What an entry is good for at `now`, under a policy.
    pub(super) fn classify(&self, policy: &Policy, entry: &EntryHeader, now: Stamp) -> Freshness {
        let Some(fresh_for) = entry.fresh_for() else {
            return Freshness::Gone;
        };
        if self.has_idled(entry, now) || !self.is_served(entry) {
            return Freshness::Gone;
        }
        let meta = entry.meta();
        let age = entry.loaded_at.elapsed(now);
        let lifetime = policy.lifetime(&meta, self.ttl_override()).min(fresh_for);
        match age.checked_sub(lifetime) {
            None => Freshness::Fresh {
                left: lifetime - age,
                refresh: meta.kind != Kind::Failure && age >= policy.refresh_at(lifetime),
            },
            // The window counts from the moment of becoming stale, as in RFC 5861.
            Some(stale_for) => {
                let within = |window| meta.kind != Kind::Failure && stale_for < window;
                Freshness::Stale(StaleUse {
                    if_error: within(policy.stale_if_error),
                    while_revalidate: within(policy.stale_while_revalidate),
                })
            }
        }
    }

    /// Whether nobody read the entry for too long.
    fn has_idled(&self, entry: &EntryHeader, now: Stamp) -> bool {
        self.limits.tti > 0 && now.mono.saturating_sub(entry.last_read()) >= self.limits.tti
    }
}
