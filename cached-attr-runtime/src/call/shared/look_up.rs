//! Before the body: is there a record, and who loads it?

use std::time::Duration;

use super::load::{TierLoad, duration};
use super::next::{LookUp, Next};
use crate::call::keep::{Keep, Place};
use crate::clock::{self, NEVER, Stamp, nanos};
use crate::counters::Counter;
use crate::entry::{CopyMark, LoadInfo, SharedEntry};
use crate::error::Failure;
use crate::shared::AnyValue;
use crate::store::StaleUse;
use crate::tier::{
    EarlyReading, Found, HeldLease, Loader, LookUp as How, LookedUp, MapVersion, Reached, Reading,
    Record, Token, look_up_at,
};

/// How long the others wait for a replica that crashed while it loaded; a living one renews its lease.
const LEASE: Duration = Duration::from_secs(5);

/// How long a call waits for other replicas' loads in all; then it runs its body, and stores nothing.
const WAIT: Duration = Duration::from_secs(60);

/// A load whose key is looked up. With `alone` no other load of this process is waited for.
struct Joining<'a> {
    load: &'a TierLoad,
    alone: bool,
}

impl Loader for Joining<'_> {
    fn may_join(&self, lease: Token, version: MapVersion) -> bool {
        !self.alone && self.load.may_join(lease, version)
    }

    fn waits(&self) {
        self.load.set_waits();
    }
}

impl TierLoad {
    /// Looks the key up in the tier. `adopts` says whether the error of another load can be this one's.
    pub(in crate::call) fn look_up(&self, adopts: fn(&Failure) -> bool) -> LookUp {
        self.look_up_from(None, self.how(), adopts)
    }

    /// The same with what was read before, which answers at once if it is fresh.
    pub(in crate::call) fn look_up_early(
        &self,
        early: EarlyReading,
        adopts: fn(&Failure) -> bool,
    ) -> Result<Next, LookUp> {
        let mut how = self.how();
        if let Ok(Reading {
            found: Found::Record(record),
            ..
        }) = &early.reading
            && record.is_fresh()
            && record.age < how.max_age
        {
            if let Some(next) = self.answer(record, early.sent) {
                return Ok(next);
            }
            how.max_age = Duration::ZERO;
        }
        Err(self.look_up_from(Some(early), how, adopts))
    }

    fn look_up_from(
        &self,
        early: Option<EarlyReading>,
        how: How,
        adopts: fn(&Failure) -> bool,
    ) -> LookUp {
        let load = self.clone();
        Box::pin(async move {
            match load.look_up_or_load(false, early, how).await {
                // Nobody waits in line behind failing loads.
                Next::Failed(failure) if !adopts(&failure) => {
                    load.look_up_or_load(true, None, how).await
                }
                next => next,
            }
        })
    }

    async fn look_up_or_load(
        &self,
        alone: bool,
        mut early: Option<EarlyReading>,
        mut how: How,
    ) -> Next {
        if let Some(next) = self.serve_in_pause(early.as_ref()).await {
            return next;
        }
        loop {
            let tags = self.tags();
            let lookup = self.lookup(&tags);
            let joining = Joining { load: self, alone };
            let looked_up = look_up_at(self.tier(), lookup, how, &joining, early.take());
            let Ok((reached, sent)) = looked_up.await else {
                self.count(Counter::TierError);
                self.keep_in_memory();
                return Next::Load(None);
            };
            let next = match reached {
                Reached::Own(token) => self.join(token).await,
                Reached::Tier(LookedUp::Fresh(record)) => {
                    self.answer(&record, sent).or_else(|| {
                        // It cannot be decoded: it is declined.
                        how.max_age = Duration::ZERO;
                        None
                    })
                }
                Reached::Tier(LookedUp::Stale(record, lease)) => {
                    how.serve_stale = false;
                    self.serve_stale(&record, lease, sent)
                }
                Reached::Tier(LookedUp::Lead(lease, record)) => {
                    if let Some(record) = record {
                        self.fall_back_on(&record, sent);
                    }
                    Some(self.lead(lease))
                }
                Reached::Tier(LookedUp::Uncacheable) => {
                    self.notes().set_place(Place::Tier { stored: false });
                    Some(Next::Load(None))
                }
            };
            if let Some(next) = next {
                return next;
            }
        }
    }

    fn how(&self) -> How {
        let load = self.load();
        let refreshes = load.freshness.refreshes();
        How {
            lease: LEASE,
            wait: WAIT,
            serve_stale: load.policy.stale_while_revalidate > 0
                && !refreshes
                && !load.in_background,
            max_age: self.max_age(),
        }
    }

    /// The age from which on a record is too old for this load.
    fn max_age(&self) -> Duration {
        let load = self.load();
        let max_age = load.freshness.max_age;
        if load.in_background && load.policy.refreshes_ahead().is_some() {
            // What is to be refreshed is not its own replacement.
            return duration(max_age.min(load.replaced_at_age().unwrap_or(NEVER)));
        }
        duration(max_age)
    }

    /// The answer that a fresh record is.
    fn answer(&self, record: &Record, sent: Stamp) -> Option<Next> {
        let value = self.decode(record)?;
        let load = self.load();
        self.count(Counter::TierHit);
        for tag in &record.tags {
            load.store.add_tag(&load.flight, &tag.as_str().into());
        }
        let sharing = self.sharing();
        let left = nanos(record.fresh_for).min(sharing.local_ttl);
        let age = nanos(record.age);
        let generation = self.generation().filter(|_| !sharing.is_strict());
        self.notes().set_place(Place::Record {
            mark: generation.map(CopyMark::Since),
            began: sent.before(age),
            at_most: age.saturating_add(left),
        });
        Some(Next::Answer(value))
    }

    fn decode(&self, record: &Record) -> Option<Box<dyn AnyValue>> {
        let decoded = self.sharing().decode(&record.payload);
        if decoded.is_err() {
            self.count(Counter::TierUndecodable);
        }
        decoded.ok()
    }

    /// Answers with a stale record, as far as `stale_while_revalidate` allows it. With the lease, its load goes on in the
    /// background. None where another replica's load has to be waited for.
    fn serve_stale(&self, record: &Record, lease: Option<HeldLease>, sent: Stamp) -> Option<Next> {
        let load = self.load();
        let entry = self.stale_entry(record, sent);
        let usable = |usable: StaleUse| usable.while_revalidate;
        let serves = entry.filter(|entry| load.store.is_useful(&load.policy, &entry.0, usable));
        if let Some(entry) = serves {
            let _ = load.flight.fallback.set(entry.clone());
            let _ = self.falls_back_on().set(record.filled_by);
            load.flight.serve_stale(&entry);
            if lease.is_none() {
                self.count(Counter::Stale);
                self.count(Counter::StaleWhileRevalidate);
                self.notes().set_place(Place::Stale);
                return Some(Next::Joined(entry));
            }
            self.notes().set_revalidates();
        }
        lease.map(|lease| self.lead(lease))
    }

    /// Keeps a stale record for the callers of this load, should it fail.
    fn fall_back_on(&self, record: &Record, sent: Stamp) {
        if let Some(entry) = self.stale_entry(record, sent) {
            let _ = self.load().flight.fallback.set(entry);
            let _ = self.falls_back_on().set(record.filled_by);
        }
    }

    /// Serves the stale record whose load has failed a moment ago.
    async fn serve_in_pause(&self, early: Option<&EarlyReading>) -> Option<Next> {
        let load = self.load();
        let pauses = &load.store.tier_state.pauses;
        if !pauses.any() || load.freshness.refreshes() || load.in_background {
            return None;
        }
        let (reading, sent) = if let Some(early) = early {
            (early.reading.clone(), early.sent)
        } else {
            let sent = clock::precise();
            (self.tier().read(self.lookup(&self.tags())).await, sent)
        };
        let Found::Record(record) = reading.ok()?.found else {
            return None;
        };
        if record.is_fresh() || !pauses.has(record.filled_by) {
            return None;
        }
        let entry = self.stale_entry(&record, sent)?;
        if !load.store.is_useful(&load.policy, &entry.0, StaleUse::any) {
            return None;
        }
        self.count(Counter::Stale);
        self.count(Counter::StaleInPause);
        self.notes().set_place(Place::Stale);
        Some(Next::Joined(entry))
    }

    /// The entry of a record whose fresh life is over.
    fn stale_entry(&self, record: &Record, sent: Stamp) -> Option<SharedEntry> {
        let value = self.decode(record)?;
        let load = self.load();
        let age = nanos(record.age);
        let lifetime = age.saturating_add(nanos(record.keep_for));
        let began = sent.before(age);
        let info = LoadInfo {
            began,
            ..load.flight.info
        };
        let place = Place::Record {
            mark: Some(CopyMark::InFlight),
            began,
            at_most: lifetime.saturating_sub(load.policy.serve_stale()),
        };
        let rules = (&*load.store, &*load.policy);
        let key = load.flight.key.as_any();
        let keep = Keep::decide(rules, &info, key, value.as_any(), None);
        value.into_entry(&load.flight.key, &keep.at(place, rules).meta)
    }
}
