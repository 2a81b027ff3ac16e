//! How long configs are cached, and what a load reads.

use std::time::Duration;

use eligibility::{Caller, campaign_configs, campaign_configs_cache, campaign_configs_key, sample};
use tokio::time::{advance, sleep};

use crate::support::Observed;

fn app() -> Caller {
    Caller::consumer("app")
}

#[tokio::test(start_paused = true)]
async fn n_b3_the_lifetime_counts_from_before_the_load_started() {
    let (bucket, store) = Observed::bucket(1).await;
    store.delay(Duration::from_secs(5));
    campaign_configs(&bucket, &app()).await.unwrap();
    store.delay(Duration::ZERO);
    // The load took ten seconds: two of its lifetime are left.
    sleep(Duration::from_secs(1800 - 12)).await;
    campaign_configs(&bucket, &app()).await.unwrap();
    assert_eq!(store.lists(), 1);
    sleep(Duration::from_secs(2)).await;
    campaign_configs(&bucket, &app()).await.unwrap();
    assert_eq!(
        store.lists(),
        2,
        "1800 s after the load began, though not after it ended"
    );
}

#[tokio::test(start_paused = true)]
async fn n_b8_configs_are_cached_for_half_an_hour_by_default() {
    let (bucket, store) = Observed::bucket(2).await;
    for _ in 0..29 {
        campaign_configs(&bucket, &app()).await.unwrap();
        sleep(Duration::from_secs(60)).await;
    }
    assert_eq!(store.lists(), 1);
    sleep(Duration::from_secs(60)).await;
    campaign_configs(&bucket, &app()).await.unwrap();
    assert_eq!(store.lists(), 2);
}

#[tokio::test(start_paused = true)]
async fn n_b9_the_whole_list_is_one_entry_shared_by_the_process() {
    let (bucket, store) = Observed::bucket(30).await;
    let first = campaign_configs(&bucket, &app()).await.unwrap();
    let elsewhere = bucket.clone();
    let second = tokio::spawn(async move { campaign_configs(&elsewhere, &app()).await })
        .await
        .unwrap()
        .unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &second));
    assert_eq!((first.len(), store.lists(), store.gets()), (30, 1, 30));
}

#[tokio::test(start_paused = true)]
async fn n_b10_at_exactly_the_ttl_an_answer_is_no_longer_fresh() {
    let (bucket, store) = Observed::bucket(1).await;
    campaign_configs(&bucket, &app()).await.unwrap();
    advance(Duration::from_millis(1_799_999)).await;
    campaign_configs(&bucket, &app()).await.unwrap();
    assert_eq!(store.lists(), 1);
    advance(Duration::from_millis(1)).await;
    campaign_configs(&bucket, &app()).await.unwrap();
    assert_eq!(store.lists(), 2);
}

#[tokio::test(start_paused = true)]
async fn n_b13_a_load_is_one_listing_and_one_read_a_file_and_none_is_left_out() {
    let (bucket, store) = Observed::bucket(1005).await;
    store.write("campaigns/README.txt", "not a config").await;
    let configs = campaign_configs(&bucket, &app()).await.unwrap();
    assert_eq!(
        (configs.len(), store.lists(), store.gets()),
        (1005, 1, 1005)
    );
    assert!(configs.is_sorted_by(|a, b| a.id < b.id));
}

#[tokio::test(start_paused = true)]
async fn n_b16_nothing_happens_before_the_call_is_awaited_and_the_list_is_whole_afterwards() {
    let (bucket, store) = Observed::bucket(3).await;
    drop(campaign_configs(&bucket, &app()));
    assert_eq!(
        (store.lists(), store.gets()),
        (0, 0),
        "a call that is never awaited reads nothing"
    );
    let configs = campaign_configs(&bucket, &app()).await.unwrap();
    assert_eq!(
        (configs.len(), store.gets()),
        (3, 3),
        "no file is left to be read later"
    );
}

#[tokio::test(start_paused = true)]
async fn n_b18_clearing_makes_the_next_call_read_afresh() {
    let (bucket, store) = Observed::bucket(1).await;
    campaign_configs(&bucket, &app()).await.unwrap();
    store.put(&sample::campaign(0, 2)).await;
    assert_eq!(
        campaign_configs(&bucket, &app()).await.unwrap()[0].version,
        1
    );
    campaign_configs_cache()
        .invalidate(&campaign_configs_key(&bucket))
        .await;
    assert_eq!(
        campaign_configs(&bucket, &app()).await.unwrap()[0].version,
        2
    );
}

#[tokio::test(start_paused = true)]
async fn n_f11_files_are_read_side_by_side() {
    let (bucket, store) = Observed::bucket(128).await;
    store.delay(Duration::from_millis(50));
    let start = tokio::time::Instant::now();
    campaign_configs(&bucket, &app()).await.unwrap();
    // One round for the listing, two for the files: one after another they would take 6.4 s.
    assert!(
        start.elapsed() <= Duration::from_millis(155),
        "{:?}",
        start.elapsed()
    );
}
