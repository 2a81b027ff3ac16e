//! Eviction: moka decides who stays. It knows entries by their hash alone: no key or value of a user's ever
//! lives, or dies, inside it. It hears of some of the hits, and what it lets go leaves the index.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::notification::RemovalCause;

use super::index::{Index, PassOn};
use crate::clock::MAY_BE_PAUSED;
use crate::entry::{Body, Entry};
use crate::policy::Limits;
use crate::stats::{Counter, Counters};

/// An entry's first hits, all of which moka hears of; of the later ones it hears one in [`SAMPLE`].
const YOUNG: u8 = 32;
const SAMPLE: u8 = 16;

/// What moka holds of an entry.
#[derive(Clone, Copy)]
struct Seat {
    /// For how long the entry can be of use; [`u32::MAX`] has no end.
    seconds: u32,
    weight: u32,
}

impl Seat {
    fn of(entry: &Entry<dyn Body>) -> Self {
        Seat {
            seconds: entry.useful_seconds(),
            weight: entry.facts.weight,
        }
    }
}

/// Frees memory when the answer can be of no use any more. Freshness is not decided here.
struct Usefulness;

impl Usefulness {
    fn of(seat: Seat) -> Option<Duration> {
        let ends = !MAY_BE_PAUSED && seat.seconds != u32::MAX;
        ends.then(|| Duration::from_secs(seat.seconds.into()))
    }
}

impl Expiry<u64, Seat> for Usefulness {
    fn expire_after_create(&self, _: &u64, seat: &Seat, _: Instant) -> Option<Duration> {
        Usefulness::of(*seat)
    }

    fn expire_after_update(
        &self,
        _: &u64,
        seat: &Seat,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Usefulness::of(*seat)
    }
}

type Cache = moka::sync::Cache<u64, Seat, PassOn>;

/// The policy over one store's entries.
pub(crate) struct Eviction {
    /// Made at the first store: a moka cache costs some 90 KB before its first entry.
    moka: OnceLock<Cache>,
    limits: Arc<Limits>,
    /// Whether there is anything to choose: below half of the capacity moka need not hear of reads.
    crowded: AtomicBool,
    /// Hashes that moka has let go. They leave the index when moka has returned: a value that dies runs its
    /// user's `Drop`, and that must not happen inside moka.
    gone: Arc<Mutex<Vec<u64>>>,
}

impl Eviction {
    pub(crate) fn new(limits: Arc<Limits>) -> Self {
        Eviction {
            moka: OnceLock::new(),
            limits,
            crowded: AtomicBool::new(false),
            gone: Arc::default(),
        }
    }

    /// Takes an entry of the index in. It may be turned down at once, and leaves the index then.
    pub(crate) fn admit(&self, index: &Index, counters: &Counters, entry: &Entry<dyn Body>) {
        if self.limits.single {
            return;
        }
        let hash = entry.facts.hash;
        self.moka
            .get_or_init(|| self.build())
            .insert(hash, Seat::of(entry));
        if entry.is_dead() {
            // It was invalidated meanwhile, perhaps before moka knew it.
            self.reconcile(index, hash);
        }
        let len = u64::try_from(index.len()).unwrap_or(u64::MAX);
        let crowded = self.limits.weigh.is_some() || len > self.limits.capacity / 2;
        if crowded != self.crowded.load(Ordering::Relaxed) {
            self.crowded.store(crowded, Ordering::Relaxed);
        }
        self.sweep(index, counters);
    }

    /// Makes moka hold a seat for this hash if, and only if, the index has an entry: both change under other
    /// threads' hands, so each step is looked at again.
    pub(crate) fn reconcile(&self, index: &Index, hash: u64) {
        let Some(moka) = self.moka.get() else { return };
        loop {
            let held = index.by_hash(hash);
            match &held {
                Some(resident) => moka.insert(hash, Seat::of(&resident.0)),
                None => moka.invalidate(&hash),
            }
            if index.by_hash(hash).is_some() == held.is_some() {
                return;
            }
        }
    }

    /// Hears of a hit, if this is one of those that it should hear of.
    #[inline]
    pub(crate) fn hear_hit(&self, entry: &Entry<dyn Body>) {
        if self.crowded.load(Ordering::Relaxed) && is_told(entry) {
            self.tell(entry.facts.hash);
        }
    }

    /// Hears of a hit or a miss: what is asked for often is let in sooner, and stays longer.
    #[cold]
    pub(crate) fn tell(&self, hash: u64) {
        if let Some(moka) = self.moka.get() {
            moka.get(&hash);
        }
    }

    /// Hears of a miss, where there is anything to choose.
    pub(crate) fn hear_miss(&self, hash: u64) {
        if self.crowded.load(Ordering::Relaxed) {
            self.tell(hash);
        }
    }

    /// Does what moka has put off: evictions and expiries that are due.
    pub(crate) fn settle(&self, index: &Index, counters: &Counters) {
        if let Some(moka) = self.moka.get() {
            moka.run_pending_tasks();
        }
        self.sweep(index, counters);
    }

    /// Removes from the index what moka has let go.
    pub(crate) fn sweep(&self, index: &Index, counters: &Counters) {
        let gone = std::mem::take(&mut *self.gone.lock().unwrap_or_else(PoisonError::into_inner));
        for hash in gone {
            if let Some(resident) = index.by_hash(hash) {
                resident.0.kill();
                index.remove(&resident);
                counters.add(Counter::Evicted);
                if self.moka.get().is_some_and(|moka| moka.contains_key(&hash)) {
                    // It came back while it was on its way out.
                    self.reconcile(index, hash);
                }
            }
        }
    }

    fn build(&self) -> Cache {
        let gone = Arc::clone(&self.gone);
        let mut builder = moka::sync::Cache::<u64, Seat>::builder()
            .max_capacity(self.limits.capacity)
            .expire_after(Usefulness)
            .eviction_listener(move |hash, _, cause| {
                if cause == RemovalCause::Size || cause == RemovalCause::Expired {
                    gone.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(*hash);
                }
            });
        if !MAY_BE_PAUSED && let Some(idle) = self.limits.idle() {
            builder = builder.time_to_idle(idle);
        }
        // Only where weights differ: with a weigher moka keeps a smaller record of what is popular, and its hit
        // ratio is four points lower.
        if self.limits.weigh.is_some() {
            builder = builder.weigher(|_, seat| seat.weight);
        }
        builder.build_with_hasher(PassOn::default())
    }
}

thread_local! {
    static HEARD: Cell<u8> = const { Cell::new(0) };
}

fn is_told(entry: &Entry<dyn Body>) -> bool {
    if entry.is_young(YOUNG) {
        return true;
    }
    let heard = HEARD.get().wrapping_add(1);
    HEARD.set(heard);
    heard.is_multiple_of(SAMPLE)
}
