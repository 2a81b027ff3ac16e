//! Loads of this process that hold a lease, and those that wait for them.
//!
//! Taking a lease is a write, and its push closes the flight: nothing tells it from a change that another replica made. A
//! call that comes after it reads the tier; if that shows that the lease still stands, and that nothing was invalidated
//! since it was granted, the call waits for the flight all the same.

use std::future::poll_fn;
use std::sync::Arc;

use super::load::TierLoad;
use super::next::{Led, Listed, Next};
use crate::call::follower::{Follower, Wakeup};
use crate::call::keep::Place;
use crate::clock;
use crate::counters::Counter;
use crate::shared::Running;
use crate::store::{Outcome, Wait};
use crate::tier::{HeldLease, MapVersion, Token};

impl TierLoad {
    /// The body runs under this lease.
    pub(super) fn lead(&self, lease: HeldLease) -> Next {
        let load = self.load();
        let running = Running {
            flight: Arc::clone(&load.flight),
            body: Arc::clone(self.body()),
            version: lease.version(),
        };
        let (store, token) = (Arc::clone(&load.store), lease.token());
        store.tier_state.running().insert(token, running);
        let listed = Listed { store, token };
        Next::Load(Some(Led { lease, listed }))
    }

    fn running(&self, token: Token) -> Option<Running> {
        self.load().store.tier_state.running().get(&token).cloned()
    }

    /// Whether a lease is that of a load of this process that this caller may join.
    pub(super) fn may_join(&self, token: Token, version: MapVersion) -> bool {
        let freshness = &self.load().freshness;
        self.running(token).is_some_and(|running| {
            let info = &running.flight.info;
            running.version == version
                && info.max_input_age <= freshness.max_input_age
                && freshness.accepts(info, clock::precise())
        })
    }

    /// Waits for such a load. None if the tier has to be looked at again.
    pub(super) async fn join(&self, token: Token) -> Option<Next> {
        // It may have ended just now.
        let Running { flight, body, .. } = self.running(token)?;
        let own = &self.load().flight;
        let alone = || {
            self.notes().set_place(Place::Tier { stored: false });
            Some(Next::Load(None))
        };
        let Some(wait) = Wait::begin(&own.running, &body) else {
            return alone();
        };
        self.set_waits();
        let mut follower = Follower::without_deadline(Arc::clone(&flight), Some(wait));
        let Wakeup::Ended = poll_fn(|cx| follower.poll(cx)).await else {
            return alone();
        };
        drop(follower);
        if let Some(fallback) = flight.fallback.get() {
            let _ = own.fallback.set(fallback.clone());
        }
        self.notes().set_place(Place::Tier { stored: false });
        match flight.outcome()? {
            Outcome::Answered(entry) => {
                self.count(Counter::Collapsed);
                Some(Next::Joined(entry.clone()))
            }
            Outcome::Stale(entry) => {
                self.notes().set_place(Place::Stale);
                Some(Next::Joined(entry.clone()))
            }
            Outcome::Failed(failure) => Some(Next::Failed(failure.clone())),
            Outcome::FailedUnshared | Outcome::Cancelled => None,
        }
    }
}
