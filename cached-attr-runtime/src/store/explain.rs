//! Why the next call of a key would be answered as it would.

use std::time::Duration;

use super::erased_key::Query;
use super::freshness::Freshness;
use super::{Store, are_all_enabled};
use crate::clock::{self, NEVER, Stamp};
use crate::entry::SharedEntry;
use crate::explanation::{Explanation, Fallback, Reason, Refresh, StaleBy};
use crate::policy::Policy;

/// What is under way for a key.
struct Activity {
    /// For how long its newest load has been running.
    running: Option<Duration>,
    /// For how long its source is still left alone.
    paused: Option<Duration>,
    held: bool,
}

impl Activity {
    fn refresh(&self, is_due: bool) -> Refresh {
        match (is_due, self.running, self.paused) {
            (false, _, _) => Refresh::NotDue,
            (true, Some(since), _) => Refresh::Running { since },
            (true, None, Some(left)) => Refresh::Paused { left },
            (true, None, None) => Refresh::Begins,
        }
    }

    /// What a call does that finds nothing to serve at once.
    fn or_waits(&self, reason: Reason) -> Reason {
        self.running
            .map_or(reason, |since| Reason::Loading { since })
    }
}

impl Store {
    /// Looks at a key as a call would, and changes nothing: no count, no time of reading.
    pub(crate) fn explain(&self, policy: &Policy, query: &Query<'_>) -> Explanation {
        let now = clock::precise();
        let entry = self.index.get(query);
        let activity = self.activity(query, entry.as_ref(), now);
        let reason = match (self.why_off(policy), entry) {
            (Some(off), _) => off,
            (None, Some(entry)) => self.explain_entry(policy, &entry, &activity, now),
            (None, None) => activity.or_waits(Reason::Nothing),
        };
        Explanation {
            reason,
            held: activity.held,
        }
    }

    fn activity(&self, query: &Query<'_>, entry: Option<&SharedEntry>, now: Stamp) -> Activity {
        let (_delay, shard) = self.lock(query.hash);
        let running = shard
            .newest(query)
            .map(|flight| flight.info.began.elapsed(now));
        let until = entry.and_then(|entry| shard.paused_until(&entry.0));
        let paused = until.map(|until| until.saturating_sub(now.mono));
        Activity {
            running: running.map(Duration::from_nanos),
            paused: paused.filter(|left| *left > 0).map(Duration::from_nanos),
            held: shard.is_held(query),
        }
    }

    fn why_off(&self, policy: &Policy) -> Option<Reason> {
        if !self.is_off(policy) {
            None
        } else if !are_all_enabled() {
            Some(Reason::AllOff)
        } else if self.is_enabled() {
            Some(Reason::ZeroTtl)
        } else {
            Some(Reason::Off)
        }
    }

    fn explain_entry(
        &self,
        policy: &Policy,
        entry: &SharedEntry,
        activity: &Activity,
        now: Stamp,
    ) -> Reason {
        let header = &entry.0;
        let meta = header.meta();
        let age = header.loaded_at.elapsed(now);
        let lifetime = policy.lifetime(&meta, self.ttl_override());
        let usable = match self.classify(policy, header, now) {
            Freshness::Fresh { left, refresh } => {
                return Reason::Fresh {
                    kind: meta.kind,
                    age: Duration::from_nanos(age),
                    left: (lifetime != NEVER).then(|| Duration::from_nanos(left)),
                    refresh: activity.refresh(refresh),
                };
            }
            Freshness::Gone if header.is_invalidated() => {
                return activity.or_waits(Reason::Nothing);
            }
            Freshness::Gone => {
                return activity.or_waits(Reason::Idle {
                    unread: Duration::from_nanos(now.mono.saturating_sub(header.last_read())),
                });
            }
            Freshness::Stale(usable) => usable,
        };
        let expired_at = header.fresh_for().filter(|at| *at < lifetime);
        let nanos = age.saturating_sub(expired_at.unwrap_or(lifetime));
        let past = Duration::from_nanos(nanos);
        if usable.while_revalidate {
            return Reason::Revalidated {
                past,
                left: rest(policy.stale_while_revalidate, nanos),
                refresh: activity.refresh(true),
            };
        }
        match activity.paused {
            Some(left) if usable.if_error => Reason::Paused { past, left },
            _ => activity.or_waits(Reason::Stale {
                past,
                by: expired_at.map_or(StaleBy::Ttl, |_| StaleBy::Expire),
                fallback: match (usable.if_error, rest(policy.stale_if_error, nanos)) {
                    (false, _) => Fallback::No,
                    (true, None) => Fallback::Always,
                    (true, Some(left)) => Fallback::For(left),
                },
                soft_timeout: (policy.soft_timeout > 0)
                    .then(|| Duration::from_nanos(policy.soft_timeout)),
            }),
        }
    }
}

/// What is left of a window after so many nanoseconds; none where it has no end.
fn rest(window: u64, gone: u64) -> Option<Duration> {
    (window != NEVER).then(|| Duration::from_nanos(window.saturating_sub(gone)))
}
