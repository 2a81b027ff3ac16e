//! A wall clock that jumps, in a process of its own: every cache of the process sees the jump.

#[allow(dead_code, reason = "this test uses only a part of it")]
mod support;

use std::time::Duration;

use eligibility::{Caller, campaign_configs};
use support::Observed;

#[tokio::test(start_paused = true)]
async fn n_f7_time_spent_frozen_counts_although_the_monotonic_clock_stood_still() {
    let (bucket, store) = Observed::bucket(1).await;
    let app = Caller::consumer("app");
    campaign_configs(&bucket, &app).await.unwrap();
    cached_attr::testing::step_wall_clock(Duration::from_secs(1799));
    campaign_configs(&bucket, &app).await.unwrap();
    assert_eq!(store.lists(), 1);
    cached_attr::testing::step_wall_clock(Duration::from_secs(1));
    campaign_configs(&bucket, &app).await.unwrap();
    assert_eq!(
        store.lists(),
        2,
        "half an hour has passed by the wall clock"
    );
}
