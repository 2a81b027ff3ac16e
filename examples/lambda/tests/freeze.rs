//! A container that was frozen, in a process of its own: the wall clock that it moves is everybody's.

#![allow(missing_docs, reason = "a test says what it shows in its name")]

use std::time::Duration;

use cached_attr::cached;
use cached_attr::testing::step_wall_clock;

/// Lambda freezes a container between invocations, and SnapStart thaws it days later: the monotonic clock has stood still.
#[tokio::test(start_paused = true)]
async fn a_container_thawed_after_an_hour_trusts_nothing_from_before() {
    #[cached(ttl = "60s")]
    async fn load() -> &'static str {
        "the value"
    }

    load().await;
    assert_eq!(load_cache().get(()).await, Some("the value"));
    assert_eq!(load_cache().age(()), Some(Duration::ZERO));
    step_wall_clock(Duration::from_hours(1));
    assert_eq!(load_cache().get(()).await, None);
}
