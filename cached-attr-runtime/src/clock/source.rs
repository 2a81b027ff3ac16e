//! Where the readings come from.

use std::sync::OnceLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::{SECOND, Stamp};

/// Whether tokio was built with `test-util`, so that its clock may be paused.
pub(super) const FOLLOWS_TOKIO: bool = {
    // The glob brings tokio's `pause` into scope when there is one; else the item outside is meant.
    #[allow(
        unused_imports,
        clippy::wildcard_imports,
        reason = "without test-util tokio::time has no `pause`, and that is the answer"
    )]
    use tokio::time::*;
    presence(&pause)
};

/// Stands in for `tokio::time::pause` where tokio has none.
#[allow(dead_code, reason = "used only where tokio has no `pause`")]
fn pause() -> Absent {
    Absent
}

struct Absent;

trait Presence {
    const PRESENT: bool;
}

impl Presence for () {
    const PRESENT: bool = true;
}

impl Presence for Absent {
    const PRESENT: bool = false;
}

const fn presence<R: Presence, F: Fn() -> R>(_: &F) -> bool {
    R::PRESENT
}

/// tokio's clock, with a wall clock that moves along: with time paused, the real wall clock says nothing.
pub(super) fn virtual_time(stepped: i64) -> Stamp {
    /// Where tokio's clock stands in our count of nanoseconds: in the middle, because the paused clock of
    /// another runtime may stand before it.
    const MIDDLE: u64 = 1 << 62;
    static ANCHOR: OnceLock<(tokio::time::Instant, u64)> = OnceLock::new();
    let now = tokio::time::Instant::now();
    let &(anchor, drift_then) = ANCHOR.get_or_init(|| (now, drift()));
    let mono = match now.checked_duration_since(anchor) {
        Some(later) => MIDDLE.saturating_add(super::nanos(later)),
        None => MIDDLE.saturating_sub(super::nanos(anchor.duration_since(now))),
    };
    // A real jump of the wall clock is one that the real monotonic clock did not make.
    let jump = drift().saturating_sub(drift_then);
    let jump = if jump < SECOND { 0 } else { jump };
    Stamp {
        mono,
        wall: mono.saturating_add(jump).saturating_add_signed(stepped),
    }
}

/// Wall clock less the real monotonic clock.
fn drift() -> u64 {
    wall().saturating_sub(real_mono())
}

fn real_mono() -> u64 {
    static ANCHOR: OnceLock<Instant> = OnceLock::new();
    super::nanos(ANCHOR.get_or_init(Instant::now).elapsed())
}

/// Nanoseconds since 1970 by the system's wall clock; zero before that.
pub(super) fn wall() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, super::nanos)
}

#[cfg(target_os = "linux")]
mod kernel {
    use rustix::time::{ClockId, clock_gettime};

    #[inline]
    fn read(clock: ClockId) -> u64 {
        let time = clock_gettime(clock);
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        let nanos = u64::try_from(time.tv_nsec).unwrap_or(0);
        seconds.wrapping_mul(super::SECOND).wrapping_add(nanos)
    }

    pub(in super::super) fn mono() -> u64 {
        read(ClockId::Monotonic)
    }

    #[inline]
    pub(in super::super) fn coarse_mono() -> u64 {
        read(ClockId::MonotonicCoarse)
    }

    pub(in super::super) fn coarse_wall() -> u64 {
        read(ClockId::RealtimeCoarse)
    }
}

#[cfg(not(target_os = "linux"))]
mod kernel {
    pub(in super::super) fn mono() -> u64 {
        super::real_mono()
    }

    #[inline]
    pub(in super::super) fn coarse_mono() -> u64 {
        super::real_mono()
    }

    pub(in super::super) fn coarse_wall() -> u64 {
        super::wall()
    }
}

pub(super) use kernel::{coarse_mono, coarse_wall, mono};
