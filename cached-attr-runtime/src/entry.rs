//! One remembered answer: a shared cell that can be killed in place.

use std::any::Any;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

use crate::clock::{self, SECOND, Stamp};
use crate::error::Failure;

/// A key with what is remembered under it, typed.
pub(crate) struct Pair<K, V> {
    pub(crate) key: K,
    pub(crate) answer: Result<V, Failure>,
}

/// A [`Pair`] whose types are forgotten.
pub(crate) trait Body: Any + Send + Sync {
    /// The key, as `&K`.
    fn key(&self) -> &(dyn Any + Send + Sync);
    /// Whether this is the key of the body.
    fn is_key(&self, key: &dyn Any) -> bool;
}

impl<K, V> Body for Pair<K, V>
where
    K: Eq + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    fn key(&self) -> &(dyn Any + Send + Sync) {
        &self.key
    }

    fn is_key(&self, key: &dyn Any) -> bool {
        key.downcast_ref::<K>() == Some(&self.key)
    }
}

/// What an answer is, for the choice of its lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Value,
    /// `None`, in a function with a `negative_ttl`.
    Absent,
    /// An error, in a function with an `error_ttl`.
    Failure,
}

/// What is known about an answer, beside the answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(crate) hash: u64,
    pub(crate) loaded_at: Stamp,
    /// The place of its load among all loads of the cache; see [`Flight::serial`](crate::flight::Flight).
    pub(crate) serial: u64,
    /// How old an answer its load took from other caches at most; see [`CacheControl`](crate::CacheControl).
    pub(crate) loaded_within: u64,
    pub(crate) kind: Kind,
    /// A lifetime of its own, in nanoseconds: what a `ttl` closure said of this value.
    pub(crate) own_ttl: Option<u64>,
    /// By how much `jitter` shortens the lifetime, in parts of 2¹⁶.
    pub(crate) jitter: u16,
    pub(crate) weight: u32,
}

/// Fresh as long as the policy says, and nothing of its own shortens that: what most entries are.
const PLAIN: u8 = 0;
const FRESH: u8 = 1;
const EXPIRED: u8 = 2;
const DEAD: u8 = 3;

/// What has been said of an entry; its age is another matter. Read once: it changes under a reader's hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Fresh,
    /// Stale, but there to fall back on.
    Expired,
    Dead,
}

/// An answer in memory. The index and the policy share one of these; killing it is one store that every
/// reader sees.
pub(crate) struct Entry<B: ?Sized> {
    pub(crate) facts: Facts,
    state: AtomicU8,
    /// For how long it can be of use, rounded up: for whoever frees memory.
    useful_seconds: AtomicU32,
    /// How many hits the policy has been told of, up to a handful.
    told: AtomicU8,
    /// When it was last read, in the clock's monotonic nanoseconds; kept only where idle time counts.
    last_read: AtomicU64,
    /// Until when the source is left alone, having failed while this answer could stand in.
    paused_until: AtomicU64,
    pub(crate) body: B,
}

/// A shared, erased entry; equal to another when their keys are.
#[derive(Clone)]
pub(crate) struct Resident(pub(crate) Arc<Entry<dyn Body>>);

impl Resident {
    pub(crate) fn new<B: Body>(facts: Facts, body: B) -> Self {
        Resident(Arc::new(Entry {
            // Not the start of its load: it could not be read before it was there.
            last_read: AtomicU64::new(clock::precise().mono),
            facts,
            state: AtomicU8::new(if facts.kind == Kind::Value && facts.jitter == 0 {
                PLAIN
            } else {
                FRESH
            }),
            useful_seconds: AtomicU32::new(u32::MAX),
            told: AtomicU8::new(0),
            paused_until: AtomicU64::new(0),
            body,
        }))
    }

    pub(crate) fn is(&self, other: &Resident) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Entry<dyn Body> {
    /// No reader takes it from now on, wherever it is still held.
    pub(crate) fn kill(&self) {
        self.state.store(DEAD, Ordering::Release);
    }

    /// Stale from now on, but still there to fall back on.
    pub(crate) fn expire(&self) {
        // Somebody knows that the source has changed: it is asked again.
        self.paused_until.store(0, Ordering::Relaxed);
        let _ = self
            .state
            .fetch_update(Ordering::AcqRel, Ordering::Relaxed, |state| {
                // A dead entry stays dead.
                (state != DEAD).then_some(EXPIRED)
            });
    }

    pub(crate) fn state(&self) -> State {
        match self.state.load(Ordering::Acquire) {
            DEAD => State::Dead,
            EXPIRED => State::Expired,
            _ => State::Fresh,
        }
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.state() == State::Dead
    }

    /// Whether it is fresh, and the policy's ttl is all there is to know.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.state.load(Ordering::Acquire) == PLAIN
    }

    pub(crate) fn useful_seconds(&self) -> u32 {
        self.useful_seconds.load(Ordering::Relaxed)
    }

    pub(crate) fn set_useful(&self, nanos: u64) {
        let seconds = u32::try_from(nanos.div_ceil(SECOND)).unwrap_or(u32::MAX);
        self.useful_seconds.store(seconds, Ordering::Relaxed);
    }

    /// Whether the policy should hear of this hit because it is one of the entry's first `limit`. After
    /// those the entry is written to no more, so that readers do not fight over its cache line.
    pub(crate) fn is_young(&self, limit: u8) -> bool {
        let told = self.told.load(Ordering::Relaxed);
        if told >= limit {
            return false;
        }
        self.told.store(told + 1, Ordering::Relaxed);
        true
    }

    /// The source has failed: it is left alone until then.
    pub(crate) fn pause(&self, until: u64) {
        self.paused_until.fetch_max(until, Ordering::Relaxed);
    }

    pub(crate) fn is_paused(&self, now: u64) -> bool {
        now < self.paused_until.load(Ordering::Relaxed)
    }

    pub(crate) fn last_read(&self) -> u64 {
        self.last_read.load(Ordering::Relaxed)
    }

    /// Notes a read, and says whether a new span of this length has begun since the last one.
    pub(crate) fn touch(&self, mono: u64, span: u64) -> bool {
        let before = self.last_read.fetch_max(mono, Ordering::Relaxed);
        before / span < mono / span
    }
}

impl PartialEq for Resident {
    fn eq(&self, other: &Self) -> bool {
        self.is(other)
            || (self.0.facts.hash == other.0.facts.hash && self.0.body.is_key(other.0.body.key()))
    }
}

impl Eq for Resident {}

impl Hash for Resident {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.facts.hash);
    }
}
