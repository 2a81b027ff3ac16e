//! Time: one stamp made of two clocks, cheap enough to read on every hit.
//!
//! A frozen virtual machine or Lambda stops the monotonic clock; a corrected wall clock runs backwards. An age is the
//! larger of what the two say, so neither can lengthen the life of an answer.
//!
//! Hits read the kernel's coarse clock. Only where time may be paused is tokio's clock read instead, so that `pause` and
//! `advance` reach every cache: in a current-thread runtime, and if tokio was built with its `test-util`.

use std::cell::Cell;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

mod source;

pub(crate) const SECOND: u64 = 1_000_000_000;
/// A time that never ends.
pub(crate) const NEVER: u64 = u64::MAX;

/// How far the coarse clock may lag behind the precise one (a kernel tick is 1 to 10 ms).
pub(crate) const RESOLUTION: u64 = 12_000_000;

/// A time on both clocks, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) mono: u64,
    pub(crate) wall: u64,
}

impl Stamp {
    /// Nanoseconds from `self` to `now`, by whichever clock went further; zero when neither moved on.
    #[inline]
    pub(crate) fn elapsed(self, now: Stamp) -> u64 {
        if source::FOLLOWS_TOKIO && self.mono > now.mono.saturating_add(RESOLUTION) {
            // Of another runtime, whose paused clock was ahead: this one cannot know how old it is.
            return u64::MAX;
        }
        let mono = now.mono.saturating_sub(self.mono);
        let wall = now.wall.saturating_sub(self.wall);
        mono.max(wall)
    }

    /// So many nanoseconds earlier.
    #[cfg(feature = "shared")]
    pub(crate) fn before(self, nanos: u64) -> Stamp {
        Stamp {
            mono: self.mono.saturating_sub(nanos),
            wall: self.wall.saturating_sub(nanos),
        }
    }
}

/// Nanoseconds of a duration; the longest durations (584 years) all count as the same.
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

thread_local! {
    /// The coarse tick this thread saw last, and the wall clock then: within one tick the wall clock is not
    /// read again.
    static LAST_TICK: Cell<(u64, u64)> = const { Cell::new((u64::MAX, 0)) };
}

/// Whether time may be paused here. Asked when an entry is made: its hits then know which clock to read.
pub(crate) fn may_be_paused() -> bool {
    source::FOLLOWS_TOKIO && source::in_current_thread_runtime()
}

/// Whether time is paused here, or was moved.
pub(crate) fn is_virtual() -> bool {
    may_be_paused() && source::deviates()
}

/// A time exact enough to date a load.
pub(crate) fn precise() -> Stamp {
    if may_be_paused() {
        return source::tokios_time(stepped());
    }
    Stamp {
        mono: source::mono(),
        wall: shift(source::wall(), stepped()),
    }
}

/// Nanoseconds since then by the monotonic clock alone: how long something took that was running all the while.
pub(crate) fn since(then: Stamp) -> u64 {
    let now = if may_be_paused() {
        precise().mono
    } else {
        source::mono()
    };
    now.saturating_sub(then.mono)
}

/// A time for what need not be exact: as [`coarse`], but tokio's where that may be paused.
pub(crate) fn rough() -> Stamp {
    if may_be_paused() { precise() } else { coarse() }
}

/// The real time, for a hit: never ahead of [`precise`] where that is real, behind it by less than [`RESOLUTION`].
#[inline]
pub(crate) fn coarse() -> Stamp {
    let mono = source::coarse_mono();
    let (tick, wall) = LAST_TICK.get();
    if tick == mono {
        return Stamp { mono, wall };
    }
    let wall = shift(source::coarse_wall(), stepped());
    LAST_TICK.set((mono, wall));
    Stamp { mono, wall }
}

/// How far tests have moved the wall clock, in nanoseconds.
static STEPPED: AtomicI64 = AtomicI64::new(0);

fn stepped() -> i64 {
    STEPPED.load(Ordering::Relaxed)
}

fn shift(wall: u64, by: i64) -> u64 {
    wall.saturating_add_signed(by)
}

/// Moves the wall clock that the caches see; the monotonic clock stays.
pub(crate) fn step_wall(nanos: i64) {
    STEPPED.fetch_add(nanos, Ordering::Relaxed);
    LAST_TICK.set((u64::MAX, 0));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(mono: u64, wall: u64) -> Stamp {
        Stamp { mono, wall }
    }

    #[test]
    fn age_is_the_larger_of_both_clocks() {
        assert_eq!(at(10, 100).elapsed(at(15, 102)), 5);
        assert_eq!(
            at(10, 100).elapsed(at(11, 1900)),
            1800,
            "a thawed machine: only the wall clock moved"
        );
        assert_eq!(
            at(10, 100).elapsed(at(40, 20)),
            30,
            "the wall clock stepped back"
        );
        assert_eq!(at(10, 100).elapsed(at(9, 99)), 0, "a coarse reading");
        let ahead = at(10 * SECOND, 100).elapsed(at(9, 99));
        assert_eq!(ahead, if source::FOLLOWS_TOKIO { u64::MAX } else { 0 });
    }

    #[test]
    fn the_coarse_clock_lags_by_less_than_its_resolution() {
        for _ in 0..1000 {
            let before = precise();
            let coarse = coarse();
            let after = precise();
            assert!(coarse.mono <= after.mono);
            assert!(before.mono.saturating_sub(coarse.mono) < RESOLUTION);
        }
    }
}
