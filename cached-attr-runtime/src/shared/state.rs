//! What a shared store keeps beside its entries.

use std::collections::HashMap;
use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use super::copies::Copies;
use super::names::{SharedNames, process_names};
use super::pauses::Pauses;
use crate::entry::CopyMark;
use crate::lock::lock;
use crate::store::{Flight, RunningLoad, Store};
use crate::tier::{MapVersion, Tier, Token, installed};

/// The tier of one test.
struct OwnTier {
    tier: Option<Arc<dyn Tier>>,
    names: Arc<SharedNames>,
}

/// How a store is tied to the tier.
#[derive(Default)]
pub(crate) struct TierState {
    /// Unset for the process's stores, which use the tier that is installed.
    own: OnceLock<OwnTier>,
    /// Whether the name is this store's.
    has_name: AtomicBool,
    /// The tier, once something was read from it: hits look nowhere else.
    of_copies: OnceLock<Arc<dyn Tier>>,
    hasher: foldhash::fast::RandomState,
    copies: Mutex<Copies>,
    running: Mutex<HashMap<Token, Running>>,
    pub(crate) pauses: Pauses,
}

/// A load of this process that holds a lease.
#[derive(Clone)]
pub(crate) struct Running {
    pub(crate) flight: Arc<Flight>,
    /// What those wait for who have seen its lease: not more than the body.
    pub(crate) body: Arc<RunningLoad>,
    pub(crate) version: MapVersion,
}

impl TierState {
    fn names(&self) -> &Arc<SharedNames> {
        self.own.get().map_or(process_names(), |own| &own.names)
    }

    fn copies(&self) -> MutexGuard<'_, Copies> {
        lock(&self.copies)
    }

    /// The loads that hold a lease, by its token.
    pub(crate) fn running(&self) -> MutexGuard<'_, HashMap<Token, Running>> {
        lock(&self.running)
    }
}

impl Store {
    /// Ties a test's own store to its tier.
    pub(crate) fn use_tier(&self, tier: Option<&Arc<dyn Tier>>, names: &Arc<SharedNames>) {
        let _ = self.tier_state.own.set(OwnTier {
            tier: tier.cloned(),
            names: Arc::clone(names),
        });
    }

    /// Takes its name in the tier, if the store is shared and nobody else has it.
    pub(crate) fn claim_name(self: &Arc<Self>) -> bool {
        if self.sharing().is_none() {
            return false;
        }
        let state = &self.tier_state;
        let has_name = state.has_name.load(Ordering::Relaxed) || state.names().claim(self);
        // Release, and Acquire below: whoever sees it may get changes for what it stores from here on.
        state.has_name.store(has_name, Ordering::Release);
        has_name
    }

    /// The tier that a shared store uses.
    #[inline]
    pub(crate) fn tier(&self) -> Option<&Arc<dyn Tier>> {
        let state = &self.tier_state;
        if !state.has_name.load(Ordering::Acquire) {
            return None;
        }
        match state.own.get() {
            Some(own) => own.tier.as_ref(),
            None => installed(),
        }
    }

    /// The tier that copies in memory come from, if there are any.
    #[inline]
    pub(crate) fn tier_of_copies(&self) -> Option<&Arc<dyn Tier>> {
        self.tier_state.of_copies.get()
    }

    /// Whether an answer of a `shared` function may be served from memory.
    pub(crate) fn may_serve(&self, mark: CopyMark) -> bool {
        match (mark, self.tier()) {
            (CopyMark::InFlight, _) | (CopyMark::WithoutTier, None) => true,
            (CopyMark::WhileAway, Some(tier)) => !tier.is_up(),
            (CopyMark::Since(generation), Some(tier)) => tier.trust().holds(generation),
            _ => false,
        }
    }

    /// Remembers which entry or load a change of this text would mean.
    pub(crate) fn list_copy(&self, text: &str, key: u64) {
        let state = &self.tier_state;
        if let (None, Some(tier)) = (state.of_copies.get(), self.tier()) {
            let _ = state.of_copies.set(Arc::clone(tier));
        }
        let text = state.hasher.hash_one(text);
        state.copies().list(text, key, |key| self.has_any(key));
    }

    /// A key of this text changed in the tier.
    pub(crate) fn text_changed(&self, text: &str) {
        let state = &self.tier_state;
        let keys = state.copies().keys(state.hasher.hash_one(text));
        for key in keys {
            self.hash_changed(key);
        }
    }
}
