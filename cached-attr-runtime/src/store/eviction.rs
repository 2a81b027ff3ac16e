//! Eviction: moka decides which entries stay, once there is something to decide.
//!
//! Below half of its capacity a cache cannot have to evict anything, and most function caches stay there. moka, its
//! memory and its work are left out until then. A cache that crosses the mark hands its entries over bit by bit: each
//! store hands over its own and a few older ones, so that moka knows all of them before the capacity is reached and no
//! store has to wait for a bulk insert.
//!
//! moka knows entries by their hash alone. It holds no key or value of the user's, so none is dropped inside it:
//! what it evicts leaves the index after moka has returned.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use moka::notification::RemovalCause;

use super::expiry::{Cursor, Deadlines};
use super::index::Index;
use super::slots::PassOn;
use crate::entry::EntryHeader;
use crate::lock::lock;
use crate::padded::Padded;
use crate::policy::Limits;

/// An entry's first hits, all of which are reported to moka; of the later ones one in [`SAMPLE`].
const YOUNG: u8 = 32;
const SAMPLE: u8 = 32;

/// How many older entries each store hands over. The half of the capacity that is left after the mark is enough for
/// one; more of them make it soon.
const HANDED_OVER_PER_STORE: usize = 8;

/// Hashes, with what their entries weigh.
type Moka = moka::sync::Cache<u64, u32, PassOn>;

/// The policy over one store's entries.
pub(crate) struct Eviction {
    /// Made when half of the capacity is in use, and kept from then on.
    moka: OnceLock<Moka>,
    limits: Arc<Limits>,
    /// What all entries weigh; counted only with a weigher.
    weight: Padded<AtomicU64>,
    /// Where the hand-over goes on; none when it is over.
    handover: Mutex<Option<Cursor>>,
    /// Hashes that moka has evicted and that are still in the index.
    evicted: Arc<Mutex<Vec<u64>>>,
}

impl Eviction {
    pub(crate) fn new(limits: Arc<Limits>) -> Self {
        Eviction {
            moka: OnceLock::new(),
            limits,
            weight: Padded::default(),
            handover: Mutex::new(Some(Cursor::default())),
            evicted: Arc::default(),
        }
    }

    /// Takes in an entry of the index. It may be turned down at once: see [`Eviction::next_evicted`].
    pub(crate) fn admit(&self, index: &Index, deadlines: &Deadlines, entry: &EntryHeader) {
        if self.limits.weigh.is_some() {
            self.weight
                .fetch_add(entry.weight().into(), Ordering::Relaxed);
        }
        if self.moka.get().is_none() && self.held(index) <= self.limits.capacity / 2 {
            return;
        }
        let moka = self.moka.get_or_init(|| self.build());
        sync(moka, index, entry.hash);
        self.hand_over(moka, index, deadlines);
    }

    /// Whether more is held than the capacity and a tenth of it. moka evicts in batches of entries, and in one batch there
    /// may be any weight.
    pub(crate) fn is_overweight(&self) -> bool {
        self.limits.weigh.is_some()
            && self.weight.load(Ordering::Relaxed)
                > self
                    .limits
                    .capacity
                    .saturating_add(self.limits.capacity / 10)
    }

    /// Does a part of what moka has put off, and of the hand-over; whether that evicts anything, or may do so next time.
    pub(crate) fn settle(&self, index: &Index, deadlines: &Deadlines) -> bool {
        let Some(moka) = self.moka.get() else {
            return false;
        };
        let handed_over = self.hand_over(moka, index, deadlines);
        moka.run_pending_tasks();
        handed_over || !lock(&self.evicted).is_empty()
    }

    /// Makes moka know a hash if, and only if, the index has it.
    pub(crate) fn sync(&self, index: &Index, hash: u64) {
        if let Some(moka) = self.moka.get() {
            sync(moka, index, hash);
        }
    }

    /// Counts that an entry has left the index.
    pub(crate) fn removed(&self, entry: &EntryHeader) {
        if self.limits.weigh.is_some() {
            self.weight
                .fetch_sub(entry.weight().into(), Ordering::Relaxed);
        }
    }

    /// Reports a hit to moka's popularity estimate, if this is one of those that are sampled.
    #[inline]
    pub(crate) fn record_hit(&self, entry: &EntryHeader) {
        if let Some(moka) = self.moka.get()
            && is_sampled(entry)
        {
            promote(moka, entry.hash);
        }
    }

    /// Reports a miss: what is looked up often is let in sooner, and stays longer.
    pub(crate) fn record_miss(&self, hash: u64) {
        if let Some(moka) = self.moka.get() {
            promote(moka, hash);
        }
    }

    /// Does the work that moka has put off.
    pub(crate) fn run_pending(&self) {
        if let Some(moka) = self.moka.get() {
            moka.run_pending_tasks();
        }
    }

    /// A hash whose entries have to leave the index.
    pub(crate) fn next_evicted(&self) -> Option<u64> {
        lock(&self.evicted).pop()
    }

    /// An evicted hash has left the index. It may have come back meanwhile.
    pub(crate) fn swept(&self, index: &Index, hash: u64) {
        if let Some(moka) = self.moka.get()
            && moka.contains_key(&hash)
        {
            sync(moka, index, hash);
        }
    }

    /// The list that the hand-over walks along has been made anew.
    pub(crate) fn restart_handover(&self) {
        *lock(&self.handover) = Some(Cursor::default());
    }

    /// How much of the capacity is in use.
    pub(super) fn held(&self, index: &Index) -> u64 {
        if self.limits.weigh.is_some() {
            self.weight.load(Ordering::Relaxed)
        } else {
            u64::try_from(index.len()).unwrap_or(u64::MAX)
        }
    }

    /// Hands over a few entries; whether there were any left.
    fn hand_over(&self, moka: &Moka, index: &Index, deadlines: &Deadlines) -> bool {
        let mut handover = lock(&self.handover);
        let Some(cursor) = &mut *handover else {
            return false;
        };
        let older = deadlines.walk(cursor, HANDED_OVER_PER_STORE);
        if older.is_empty() {
            *handover = None;
        }
        drop(handover);
        for &hash in &older {
            sync(moka, index, hash);
        }
        !older.is_empty()
    }

    fn build(&self) -> Moka {
        let evicted = Arc::clone(&self.evicted);
        let mut builder = moka::sync::Cache::<u64, u32>::builder()
            .max_capacity(self.limits.capacity)
            .eviction_listener(move |hash, _, cause| {
                if cause == RemovalCause::Size {
                    lock(&evicted).push(*hash);
                }
            });
        // Only where weights differ: with a weigher moka keeps a smaller record of what is popular, and its hit
        // ratio is four points lower.
        if self.limits.weigh.is_some() {
            builder = builder.weigher(|_, weight| *weight);
        }
        builder.build_with_hasher(PassOn::default())
    }
}

/// Both change meanwhile, so each step is looked at again.
fn sync(moka: &Moka, index: &Index, hash: u64) {
    loop {
        let weight = index.weight_of(hash);
        match weight {
            Some(weight) => moka.insert(hash, weight),
            None => moka.invalidate(&hash),
        }
        if index.weight_of(hash) == weight {
            return;
        }
    }
}

#[cold]
fn promote(moka: &Moka, hash: u64) {
    moka.get(&hash);
}

thread_local! {
    static HITS: Cell<u8> = const { Cell::new(0) };
}

fn is_sampled(entry: &EntryHeader) -> bool {
    if entry.is_young(YOUNG) {
        return true;
    }
    let hits = HITS.get().wrapping_add(1);
    HITS.set(hits);
    hits.is_multiple_of(SAMPLE)
}
