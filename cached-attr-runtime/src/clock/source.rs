//! Where the readings come from.

use std::sync::OnceLock;
use std::time::Instant;

use tokio::runtime::{Handle, RuntimeFlavor};

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

/// Whether this thread is inside a current-thread runtime: the only ones whose time can be paused.
pub(super) fn in_current_thread_runtime() -> bool {
    Handle::try_current()
        .is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::CurrentThread)
}

/// tokio's clock, with a wall clock that moves along: with time paused, the real wall clock says nothing.
pub(super) fn tokios_time(stepped: i64) -> Stamp {
    let mono = tokios_mono();
    // A real jump of the wall clock is one that the real monotonic clock did not make.
    let jump = drift().saturating_sub(anchor().drift);
    let jump = if jump < SECOND { 0 } else { jump };
    Stamp {
        mono,
        wall: mono
            .saturating_add(anchor().drift)
            .saturating_add(jump)
            .saturating_add_signed(stepped),
    }
}

/// Whether tokio's clock is not the real one: it is read between two readings of that.
pub(super) fn deviates() -> bool {
    let before = Instant::now();
    let tokios = tokio::time::Instant::now().into_std();
    tokios < before || tokios > Instant::now()
}

/// tokio's clock in the count of our monotonic one. The two agree while time is not paused.
fn tokios_mono() -> u64 {
    let anchor = anchor();
    let now = tokio::time::Instant::now().into_std();
    match now.checked_duration_since(anchor.instant) {
        Some(later) => anchor.mono.saturating_add(super::nanos(later)),
        None => anchor
            .mono
            .saturating_sub(super::nanos(anchor.instant.duration_since(now))),
    }
}

/// One time on all clocks.
struct Anchor {
    instant: Instant,
    mono: u64,
    /// Wall clock less monotonic clock.
    drift: u64,
}

fn anchor() -> &'static Anchor {
    static ANCHOR: OnceLock<Anchor> = OnceLock::new();
    ANCHOR.get_or_init(|| Anchor {
        instant: Instant::now(),
        mono: mono(),
        drift: drift(),
    })
}

fn drift() -> u64 {
    wall().saturating_sub(mono())
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

    /// Nanoseconds since 1970; zero before that.
    pub(in super::super) fn wall() -> u64 {
        read(ClockId::Realtime)
    }

    pub(in super::super) fn coarse_wall() -> u64 {
        read(ClockId::RealtimeCoarse)
    }
}

#[cfg(not(target_os = "linux"))]
mod kernel {
    use std::sync::OnceLock;
    use std::time::{Instant, SystemTime, UNIX_EPOCH};

    pub(in super::super) fn mono() -> u64 {
        /// Where the count begins: far from zero, for times before it are subtracted.
        const START: u64 = 1 << 60;
        static ANCHOR: OnceLock<Instant> = OnceLock::new();
        START + super::super::nanos(ANCHOR.get_or_init(Instant::now).elapsed())
    }

    #[inline]
    pub(in super::super) fn coarse_mono() -> u64 {
        mono()
    }

    /// Nanoseconds since 1970; zero before that.
    pub(in super::super) fn wall() -> u64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, super::super::nanos)
    }

    pub(in super::super) fn coarse_wall() -> u64 {
        wall()
    }
}

pub(super) use kernel::{coarse_mono, coarse_wall, mono, wall};
