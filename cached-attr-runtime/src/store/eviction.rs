//! Eviction: moka decides who stays. It holds the same entries as the index, hears of some of the hits, and
//! what it lets go leaves the index.

use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use equivalent::Equivalent;
use moka::Expiry;
use moka::notification::RemovalCause;

use super::index::{Index, PassOn};
use crate::clock::MAY_BE_PAUSED;
use crate::entry::{Entry, Resident};
use crate::policy::Limits;
use crate::stats::{Counter, Counters};

/// An entry's first hits, all of which moka hears of; of the later ones it hears one in [`SAMPLE`].
const YOUNG: u8 = 32;
const SAMPLE: u8 = 16;

/// Longer than this is for ever: moka refuses lifetimes of a thousand years.
const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// An entry as moka holds it: itself, whatever its key equals.
struct Held(Resident);

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        self.0.is(&other.0)
    }
}

impl Eq for Held {}

impl Hash for Held {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// How moka is asked for an entry without owning it.
struct Same<'a>(&'a Resident);

impl Hash for Same<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl Equivalent<Held> for Same<'_> {
    fn equivalent(&self, held: &Held) -> bool {
        self.0.is(&held.0)
    }
}

/// A key that is not there: moka counts how often it was asked for.
struct Absent(u64);

impl Hash for Absent {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0);
    }
}

impl Equivalent<Held> for Absent {
    fn equivalent(&self, _: &Held) -> bool {
        false
    }
}

/// Frees memory when the answer can be of no use any more. Freshness is not decided here.
struct Usefulness;

impl Expiry<Held, Duration> for Usefulness {
    fn expire_after_create(&self, _: &Held, useful: &Duration, _: Instant) -> Option<Duration> {
        (!MAY_BE_PAUSED && *useful < FOREVER).then_some(*useful)
    }
}

type Cache = moka::sync::Cache<Held, Duration, PassOn>;

/// The policy over one store's entries.
pub(crate) struct Eviction {
    /// Made at the first store: a moka cache costs some 90 KB before its first entry.
    moka: OnceLock<Cache>,
    limits: Arc<Limits>,
    /// Whether there is anything to choose: below half of the capacity moka need not hear of reads.
    crowded: AtomicBool,
}

impl Eviction {
    pub(crate) fn new(limits: Arc<Limits>) -> Self {
        Eviction {
            moka: OnceLock::new(),
            limits,
            crowded: AtomicBool::new(false),
        }
    }

    /// Takes a new entry in. It may be turned down at once, and leaves the index then.
    pub(crate) fn admit(
        &self,
        index: &Arc<Index>,
        counters: &Arc<Counters>,
        resident: &Resident,
        useful: u64,
    ) {
        if self.limits.single {
            return;
        }
        let moka = self.moka.get_or_init(|| self.build(index, counters));
        moka.insert(Held(resident.clone()), Duration::from_nanos(useful));
        if resident.0.is_dead() {
            // It was invalidated meanwhile, before moka knew it.
            moka.invalidate(&Same(resident));
        }
        let len = u64::try_from(index.len()).unwrap_or(u64::MAX);
        let crowded = self.limits.weigh.is_some() || len > self.limits.capacity / 2;
        if crowded != self.crowded.load(Ordering::Relaxed) {
            self.crowded.store(crowded, Ordering::Relaxed);
        }
    }

    /// Lets go of an entry that has left the index.
    pub(crate) fn forget(&self, resident: &Resident) {
        if let Some(moka) = self.moka.get() {
            moka.invalidate(&Same(resident));
        }
    }

    /// Hears of a hit, if this is one of those that it should hear of.
    #[inline]
    pub(crate) fn hear_hit(&self, resident: &Resident) {
        if self.crowded.load(Ordering::Relaxed) && is_told(&resident.0) {
            self.tell(resident);
        }
    }

    /// Hears of a hit, whatever it is worth.
    #[inline(never)]
    pub(crate) fn tell(&self, resident: &Resident) {
        if let Some(moka) = self.moka.get() {
            moka.get(&Same(resident));
        }
    }

    /// Hears of a miss: what is asked for often is let in sooner.
    pub(crate) fn hear_miss(&self, hash: u64) {
        if self.crowded.load(Ordering::Relaxed)
            && let Some(moka) = self.moka.get()
        {
            moka.get(&Absent(hash));
        }
    }

    /// Does what moka has put off: evictions and expiries that are due.
    pub(crate) fn settle(&self) {
        if let Some(moka) = self.moka.get() {
            moka.run_pending_tasks();
        }
    }

    fn build(&self, index: &Arc<Index>, counters: &Arc<Counters>) -> Cache {
        let index = Arc::clone(index);
        let counters = Arc::clone(counters);
        let mut builder = moka::sync::Cache::<Held, Duration>::builder()
            .max_capacity(self.limits.capacity)
            .expire_after(Usefulness)
            .eviction_listener(move |held: Arc<Held>, _, cause| {
                if cause != RemovalCause::Explicit {
                    held.0.0.kill();
                    index.remove(&held.0);
                    counters.add(Counter::Evicted);
                }
            });
        if !MAY_BE_PAUSED && let Some(idle) = self.limits.idle() {
            builder = builder.time_to_idle(idle);
        }
        // Only where weights differ: with a weigher moka keeps a smaller record of what is popular, and its hit
        // ratio is four points lower.
        if self.limits.weigh.is_some() {
            builder = builder.weigher(|held: &Held, _: &Duration| held.0.0.facts.weight);
        }
        builder.build_with_hasher(PassOn::default())
    }
}

thread_local! {
    static HEARD: Cell<u8> = const { Cell::new(0) };
}

fn is_told(entry: &Entry<dyn crate::entry::Body>) -> bool {
    if entry.is_young(YOUNG) {
        return true;
    }
    let heard = HEARD.get().wrapping_add(1);
    HEARD.set(heard);
    heard.is_multiple_of(SAMPLE)
}
