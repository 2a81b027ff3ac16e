//! Whether copies in memory may be served: a generation and a deadline.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::clock::{self, Stamp};

/// The tier proved that it reports changes, and has not lost one since.
const PROVEN: u64 = 0b01;
/// A change of the invalidation map was reported, but not yet what it was.
const MAP_PENDING: u64 = 0b10;
const STEP: u64 = 0b100;

/// The mark of a copy in memory: those of an older generation are not served.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Generation(u64);

impl fmt::Debug for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Generation({})", self.0 / STEP)
    }
}

/// Whether a tier reports changes at this moment.
///
/// Distrusting every copy is one store. Reading it costs three loads and a look at the coarse clock, no lock.
pub struct Trust {
    /// The generation in steps of four, and two flags.
    state: AtomicU64,
    /// When the last heartbeat that was answered had been sent.
    sent_mono: AtomicU64,
    sent_wall: AtomicU64,
    /// How long one answered heartbeat lasts, in nanoseconds.
    lasts: u64,
}

/// The moment a heartbeat is sent: made before, handed over when it was answered.
#[derive(Clone, Copy, Debug)]
pub struct Heartbeat(Stamp);

impl Heartbeat {
    /// Now.
    #[must_use]
    pub fn sent() -> Self {
        Heartbeat(clock::precise())
    }
}

impl Trust {
    /// Distrust until the first [`proven`](Trust::proven). An answered heartbeat lasts for `heartbeat`.
    #[must_use]
    pub fn new(heartbeat: Duration) -> Self {
        Trust {
            state: AtomicU64::new(0),
            sent_mono: AtomicU64::new(0),
            sent_wall: AtomicU64::new(0),
            // The clock that reads look at may be late by this much.
            lasts: clock::nanos(heartbeat).saturating_sub(clock::RESOLUTION),
        }
    }

    /// The generation for copies of what is read from now on; none while changes are not reported.
    #[must_use]
    pub fn generation(&self) -> Option<Generation> {
        // Acquire: whoever sees the proof sees what came before it.
        let state = self.state.load(Ordering::Acquire);
        (state & PROVEN != 0 && self.is_beating()).then_some(Generation(state & !MAP_PENDING))
    }

    /// Whether a copy of this generation may be served now.
    #[inline]
    #[must_use]
    pub fn holds(&self, generation: Generation) -> bool {
        self.holds_at(generation, clock::coarse())
    }

    /// The same at a moment that the coarse clock has just shown.
    #[inline]
    pub(crate) fn holds_at(&self, generation: Generation, now: Stamp) -> bool {
        // The flags are part of it: a pending map makes the two differ.
        self.state.load(Ordering::Acquire) == generation.0 && self.is_beating_at(now)
    }

    fn is_beating(&self) -> bool {
        self.is_beating_at(clock::coarse())
    }

    #[inline]
    fn is_beating_at(&self, now: Stamp) -> bool {
        let sent = Stamp {
            mono: self.sent_mono.load(Ordering::Acquire),
            wall: self.sent_wall.load(Ordering::Acquire),
        };
        sent.elapsed(now) < self.lasts
    }

    /// A heartbeat was answered by a primary.
    pub fn beat(&self, heartbeat: Heartbeat) {
        // A reader between the two sees one older half, which makes the age larger, never smaller.
        self.sent_mono.store(heartbeat.0.mono, Ordering::Release);
        self.sent_wall.store(heartbeat.0.wall, Ordering::Release);
    }

    /// Distrusts every copy: changes may have been missed, or everything changed at once.
    pub fn lost(&self) {
        self.advance(|flags| flags & !(PROVEN | MAP_PENDING));
    }

    /// Changes are being reported from now on. Copies from before are distrusted.
    pub fn proven(&self) {
        self.advance(|_| PROVEN);
    }

    /// Everything changed, but changes are still being reported.
    pub fn everything_changed(&self) {
        self.advance(|flags| flags);
    }

    /// The invalidation map changed: no copy is served until [`map_read`](Trust::map_read).
    pub fn map_pending(&self) {
        self.state.fetch_or(MAP_PENDING, Ordering::AcqRel);
    }

    /// What changed in the map has been reported. Only the caller of the last [`map_pending`](Trust::map_pending) may
    /// say so, and only for a read sent after it.
    pub fn map_read(&self) {
        self.state.fetch_and(!MAP_PENDING, Ordering::AcqRel);
    }

    fn advance(&self, flags: impl Fn(u64) -> u64) {
        let next = |state: u64| {
            let generation = (state & !(STEP - 1)).wrapping_add(STEP);
            Some(generation | flags(state & (STEP - 1)))
        };
        let _ = self
            .state
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, next);
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trust")
            .field("generation", &self.generation())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEAT: Duration = Duration::from_millis(250);

    fn proven() -> Trust {
        let trust = Trust::new(BEAT);
        trust.beat(Heartbeat::sent());
        trust.proven();
        trust
    }

    #[tokio::test]
    async fn nothing_is_trusted_before_a_proof() {
        let trust = Trust::new(BEAT);
        assert_eq!(trust.generation(), None);
        trust.beat(Heartbeat::sent());
        assert_eq!(trust.generation(), None);
        trust.proven();
        assert!(trust.holds(trust.generation().unwrap()));
    }

    #[tokio::test]
    async fn a_loss_distrusts_every_copy_at_once_and_a_new_proof_does_not_bring_them_back() {
        let trust = proven();
        let before = trust.generation().unwrap();
        trust.lost();
        assert!(!trust.holds(before));
        assert_eq!(trust.generation(), None);
        trust.proven();
        assert!(!trust.holds(before));
        assert!(trust.holds(trust.generation().unwrap()));
    }

    #[tokio::test]
    async fn an_empty_server_distrusts_copies_but_not_the_next_ones() {
        let trust = proven();
        let before = trust.generation().unwrap();
        trust.everything_changed();
        assert!(!trust.holds(before));
        assert!(trust.holds(trust.generation().unwrap()));
    }

    #[tokio::test]
    async fn a_pending_map_suspends_copies_and_keeps_them() {
        let trust = proven();
        let generation = trust.generation().unwrap();
        trust.map_pending();
        assert!(!trust.holds(generation));
        assert_eq!(trust.generation(), Some(generation));
        trust.map_read();
        assert!(trust.holds(generation));
    }

    #[tokio::test]
    async fn a_heartbeat_that_was_sent_too_long_ago_does_not_count_when_it_is_answered() {
        let trust = proven();
        let generation = trust.generation().unwrap();
        let mut late = Heartbeat::sent();
        late.0.mono -= clock::nanos(BEAT);
        trust.beat(late);
        assert!(!trust.holds(generation));
    }
}
