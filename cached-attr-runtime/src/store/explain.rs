//! Why the next call of a key would be answered as it would.

use std::time::Duration;

use super::erased_key::Query;
use super::freshness::Freshness;
use super::{Store, are_all_enabled};
use crate::clock::{self, NEVER, Stamp};
use crate::entry::SharedEntry;
use crate::explanation::{Explanation, Fallback, Reason, StaleBy};
use crate::policy::Policy;

impl Store {
    /// Looks at a key as a call would, and changes nothing: no count, no time of reading.
    pub(crate) fn explain(&self, policy: &Policy, query: &Query<'_>) -> Explanation {
        let now = clock::precise();
        let entry = self.index.get(query);
        let (_pin, shard) = self.lock(query.hash);
        let held = shard.is_held(query);
        let loading = shard.newest(query).map(|flight| Reason::Loading {
            since: Duration::from_nanos(flight.info.began.elapsed(now)),
        });
        let pause = entry.as_ref().and_then(|entry| {
            let until = shard.paused_until(&entry.0)?;
            until.checked_sub(now.mono).filter(|left| *left > 0)
        });
        drop(shard);
        let of_entry = entry.map(|entry| self.explain_entry(policy, &entry, now));
        let reason = match (self.why_off(policy), of_entry) {
            (Some(off), _) => off,
            (None, Some(fresh @ Reason::Fresh { .. })) => fresh,
            (None, Some(stale)) => match (&stale, pause) {
                (
                    Reason::Stale {
                        past,
                        fallback: Fallback::For(_) | Fallback::Always,
                        ..
                    },
                    Some(left),
                ) => Reason::Paused {
                    past: *past,
                    left: Duration::from_nanos(left),
                },
                _ => loading.unwrap_or(stale),
            },
            (None, None) => loading.unwrap_or(Reason::Nothing),
        };
        Explanation { reason, held }
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

    fn explain_entry(&self, policy: &Policy, entry: &SharedEntry, now: Stamp) -> Reason {
        let header = &entry.0;
        let meta = header.meta();
        let age = header.loaded_at.elapsed(now);
        let lifetime = policy.lifetime(&meta, self.ttl_override());
        match self.classify(policy, header, now) {
            Freshness::Fresh { left, .. } => Reason::Fresh {
                kind: meta.kind,
                age: Duration::from_nanos(age),
                left: (lifetime != NEVER).then(|| Duration::from_nanos(left)),
            },
            Freshness::Stale { if_error, .. } => {
                let expired_at = header.fresh_for().filter(|at| *at < lifetime);
                let past = age.saturating_sub(expired_at.unwrap_or(lifetime));
                let window = policy.stale_if_error;
                Reason::Stale {
                    past: Duration::from_nanos(past),
                    by: expired_at.map_or(StaleBy::Ttl, |_| StaleBy::Expire),
                    fallback: match if_error {
                        false => Fallback::No,
                        true if window == NEVER => Fallback::Always,
                        true => Fallback::For(Duration::from_nanos(window.saturating_sub(past))),
                    },
                }
            }
            Freshness::Gone if header.is_invalidated() => Reason::Nothing,
            Freshness::Gone => Reason::Idle {
                unread: Duration::from_nanos(now.mono.saturating_sub(header.last_read())),
            },
        }
    }
}
