//! What is shared between callers, and what must not be.

use chrono::{Duration, TimeZone as _, Utc};
use eligibility::{Caller, campaign_configs, campaign_configs_cache, campaign_configs_key, sample};

use crate::support::Observed;

fn app() -> Caller {
    Caller::consumer("app")
}

#[tokio::test(start_paused = true)]
async fn n_f1_two_buckets_never_share_an_entry() {
    let ((a, _), (b, store)) = (Observed::bucket(1).await, Observed::bucket(1).await);
    store.put(&sample::campaign(0, 99)).await;
    assert_eq!(campaign_configs(&a, &app()).await.unwrap()[0].version, 1);
    assert_eq!(campaign_configs(&b, &app()).await.unwrap()[0].version, 99);
    let cache = campaign_configs_cache();
    assert!(cache.get(&campaign_configs_key(&a)).await.is_some());
    assert!(cache.get(&campaign_configs_key(&b)).await.is_some());
}

// N-F4, that a cached config cannot be changed in place, is a compile_fail doctest of the library.

#[tokio::test(start_paused = true)]
async fn n_f5_a_list_in_use_is_a_snapshot() {
    let (bucket, store) = Observed::bucket(3).await;
    let configs = campaign_configs(&bucket, &app()).await.unwrap();
    let mut in_use = configs.iter();
    in_use.next();
    store.put(&sample::campaign(1, 2)).await;
    campaign_configs_cache()
        .invalidate(&campaign_configs_key(&bucket))
        .await;
    campaign_configs(&bucket, &app()).await.unwrap();
    assert_eq!(
        in_use.map(|campaign| campaign.version).collect::<Vec<_>>(),
        [1, 1]
    );
}

#[tokio::test(start_paused = true)]
async fn n_f6_the_current_time_is_an_argument_and_is_not_cached() {
    let (bucket, store) = Observed::bucket(0).await;
    let midnight = Utc.with_ymd_and_hms(2026, 3, 1, 0, 0, 0).unwrap();
    let mut campaign = sample::campaign(0, 1);
    campaign.iterations.truncate(2);
    for (iteration, (name, start)) in campaign
        .iterations
        .iter_mut()
        .zip([("old", midnight - Duration::days(90)), ("new", midnight)])
    {
        name.clone_into(&mut iteration.name);
        iteration.start = start;
    }
    store.put(&campaign).await;

    let mut said = Vec::new();
    for minutes in [-10, 15] {
        let configs = campaign_configs(&bucket, &app()).await.unwrap();
        said.push(
            configs[0]
                .iteration_at(midnight + Duration::minutes(minutes))
                .unwrap()
                .name
                .clone(),
        );
    }
    assert_eq!(said, ["old", "new"]);
    assert_eq!(store.lists(), 1, "the right answer at no extra load");
}
