//! Wall clocks that jump, in a process of its own: every cache of the process sees the jump.

#![allow(missing_docs, reason = "the name of a test says what it shows")]

use std::time::Duration;

use cached_attr::cached;
use cached_attr::testing::{step_wall_clock, step_wall_clock_back};
use tokio::sync::Mutex;
use tokio::time::{Instant, advance};

/// One test at a time steps the clock.
static WALL_CLOCK: Mutex<()> = Mutex::const_new(());

/// Lambda freezes a container between invocations, and SnapStart restores it days later: the monotonic clock stood still.
#[tokio::test(start_paused = true)]
async fn after_a_container_was_frozen_for_an_hour_nothing_from_before_is_fresh() {
    #[cached(ttl = "60s")]
    async fn load() -> Instant {
        Instant::now()
    }

    let _guard = WALL_CLOCK.lock().await;
    let before = load().await;
    assert_eq!(load_cache().get(()).await, Some(before));
    step_wall_clock(Duration::from_hours(1));
    assert_eq!(load_cache().get(()).await, None);
}

#[tokio::test(start_paused = true)]
async fn l_f16_a_wall_clock_set_back_an_hour_lengthens_no_lifetime() {
    #[cached(ttl = "5s")]
    async fn load() -> Instant {
        Instant::now()
    }

    let _guard = WALL_CLOCK.lock().await;
    let first = load().await;
    step_wall_clock_back(Duration::from_hours(1));
    advance(Duration::from_secs(4)).await;
    assert_eq!(load().await, first, "4 s old, whatever the wall clock says");
    advance(Duration::from_secs(26)).await;
    let later = load().await;
    assert_ne!(later, first, "30 s old with 5 s allowed: the original hits");
}
