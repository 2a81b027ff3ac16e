//! Eviction: moka decides who stays. It knows entries by their hash alone: no key or value of a user's ever
//! lives, or dies, inside it. It hears of some of the hits, and what it lets go leaves the index.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use moka::notification::RemovalCause;

use super::expiry::Expiry;
use super::index::{Index, PassOn};
use crate::clock::{self, MAY_BE_PAUSED};
use crate::entry::{EntryHeader, SharedEntry};
use crate::policy::Limits;
use crate::stats::{Counter, Counters};

/// An entry's first hits, all of which moka hears of; of the later ones it hears one in [`SAMPLE`].
const YOUNG: u8 = 32;
const SAMPLE: u8 = 16;

/// At how many notes that are due a store looks at most: it adds one, so it catches up, and nobody waits long.
const MAX_DUE_PER_STORE: usize = 32;

/// Hashes, with what their entries weigh.
type Cache = moka::sync::Cache<u64, u32, PassOn>;

/// The policy over one store's entries.
pub(crate) struct Eviction {
    /// Made at the first store: a moka cache costs some 90 KB before its first entry.
    moka: OnceLock<Cache>,
    limits: Arc<Limits>,
    expiry: Expiry,
    /// Whether there is anything to choose: below half of the capacity moka need not hear of reads.
    near_capacity: AtomicBool,
    /// Hashes that moka has let go. They leave the index when moka has returned: a value that dies runs its
    /// user's `Drop`, and that must not happen inside moka.
    evicted: Arc<Mutex<Vec<u64>>>,
}

impl Eviction {
    pub(crate) fn new(limits: Arc<Limits>) -> Self {
        Eviction {
            moka: OnceLock::new(),
            expiry: Expiry::new(limits.tti),
            limits,
            near_capacity: AtomicBool::new(false),
            evicted: Arc::default(),
        }
    }

    /// Takes an entry of the index in. It may be turned down at once, and leaves the index then.
    pub(crate) fn admit(&self, index: &Index, counters: &Counters, entry: &EntryHeader) {
        if self.limits.single {
            return;
        }
        self.moka
            .get_or_init(|| self.build())
            .insert(entry.hash, entry.weight());
        if entry.is_invalidated() {
            // It was invalidated meanwhile, perhaps before moka knew it.
            self.reconcile(index, entry.hash);
        }
        let len = u64::try_from(index.len()).unwrap_or(u64::MAX);
        let near_capacity = self.limits.weigh.is_some() || len > self.limits.capacity / 2;
        if near_capacity != self.near_capacity.load(Ordering::Relaxed) {
            self.near_capacity.store(near_capacity, Ordering::Relaxed);
        }
        let now = clock::coarse().mono;
        self.expiry.note(index, entry, now);
        self.sweep(index, counters);
        // Tests in one process may each have a paused clock of their own: one that is ahead must not take away what
        // another has just stored.
        if !MAY_BE_PAUSED {
            self.free(index, counters, now, MAX_DUE_PER_STORE);
        }
    }

    /// Forgets when entries end: all of them are noted anew.
    pub(crate) fn forget_ends(&self) {
        self.expiry.clear();
    }

    /// Hears when an entry ends.
    pub(crate) fn note_end(&self, index: &Index, entry: &EntryHeader) {
        if !self.limits.single {
            self.expiry.note(index, entry, clock::coarse().mono);
        }
    }

    /// Makes moka hold a seat for this hash if, and only if, the index has an entry: both change under other
    /// threads' hands, so each step is looked at again.
    pub(crate) fn reconcile(&self, index: &Index, hash: u64) {
        let Some(moka) = self.moka.get() else { return };
        loop {
            let held = index.by_hash(hash);
            match &held {
                Some(resident) => moka.insert(hash, resident.0.weight()),
                None => moka.invalidate(&hash),
            }
            if index.by_hash(hash).is_some() == held.is_some() {
                return;
            }
        }
    }

    /// Hears of a hit, if this is one of those that it should hear of.
    #[inline]
    pub(crate) fn record_hit(&self, entry: &EntryHeader) {
        if self.near_capacity.load(Ordering::Relaxed) && is_sampled(entry) {
            self.promote(entry.hash);
        }
    }

    /// Hears of a miss, where there is anything to choose.
    pub(crate) fn record_miss(&self, hash: u64) {
        if self.near_capacity.load(Ordering::Relaxed) {
            self.promote(hash);
        }
    }

    /// What is asked for often is let in sooner, and stays longer.
    #[cold]
    fn promote(&self, hash: u64) {
        if let Some(moka) = self.moka.get() {
            moka.get(&hash);
        }
    }

    /// Does what was put off: evictions and ends that are due.
    pub(crate) fn settle(&self, index: &Index, counters: &Counters) {
        if let Some(moka) = self.moka.get() {
            moka.run_pending_tasks();
        }
        self.sweep(index, counters);
        self.free(index, counters, clock::precise().mono, usize::MAX);
    }

    /// Removes from the index what moka has let go, one by one: a user's `Drop` that panics takes nothing along.
    fn sweep(&self, index: &Index, counters: &Counters) {
        while let Some(hash) = self.next_evicted() {
            if let Some(resident) = index.by_hash(hash) {
                remove(index, counters, &resident);
                if self.moka.get().is_some_and(|moka| moka.contains_key(&hash)) {
                    // It came back while it was on its way out.
                    self.reconcile(index, hash);
                }
            }
        }
    }

    fn next_evicted(&self) -> Option<u64> {
        self.evicted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
    }

    /// Frees entries that have ended, looking at so many notes.
    fn free(&self, index: &Index, counters: &Counters, now: u64, mut most: usize) {
        while let Some(resident) = self.expiry.ended(index, now, &mut most) {
            remove(index, counters, &resident);
            self.reconcile(index, resident.0.hash);
        }
    }

    fn build(&self) -> Cache {
        let evicted = Arc::clone(&self.evicted);
        let mut builder = moka::sync::Cache::<u64, u32>::builder()
            .max_capacity(self.limits.capacity)
            .eviction_listener(move |hash, _, cause| {
                if cause == RemovalCause::Size {
                    evicted
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(*hash);
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

fn remove(index: &Index, counters: &Counters, resident: &SharedEntry) {
    resident.0.kill();
    index.remove(resident);
    counters.add(Counter::Evicted);
}

thread_local! {
    static HEARD: Cell<u8> = const { Cell::new(0) };
}

fn is_sampled(entry: &EntryHeader) -> bool {
    if entry.is_young(YOUNG) {
        return true;
    }
    let heard = HEARD.get().wrapping_add(1);
    HEARD.set(heard);
    heard.is_multiple_of(SAMPLE)
}
