//! A bucket or a file that is broken.

use std::time::Duration;

use cached_attr::testing::isolated;
use eligibility::{
    Caller, ConfigError, campaign_configs, campaign_configs_cache, campaign_configs_key,
    consumer_mapping, consumer_mapping_cache, sample,
};

use tokio::time::advance;

use crate::support::Observed;

fn app() -> Caller {
    Caller::consumer("app")
}

#[tokio::test(start_paused = true)]
async fn n_b14_a_failure_reaches_the_caller_and_the_next_call_tries_again() {
    let (bucket, store) = Observed::bucket(2).await;
    store.set_broken(true);
    for tries in 1..=2 {
        let error = campaign_configs(&bucket, &app()).await.unwrap_err();
        assert!(matches!(error, ConfigError::Store(_)), "{error}");
        assert_eq!(store.lists(), tries, "a failure is not cached");
    }
    store.set_broken(false);
    assert_eq!(campaign_configs(&bucket, &app()).await.unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn n_b14_a_broken_file_is_named_and_does_not_evict_the_good_configs() {
    let (bucket, store) = Observed::bucket(20).await;
    campaign_configs(&bucket, &app()).await.unwrap();

    let cut = sample::json(&sample::campaign(7, 2));
    store
        .write(
            "campaigns/campaign-0007.json",
            cut[..cut.len() / 2].to_vec(),
        )
        .await;
    // The tester that wrote the file gets the error at once; all others get the last good configs.
    let error = campaign_configs(&bucket, &Caller::consumer("test-rig"))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, ConfigError::Broken { file, .. } if file == "campaigns/campaign-0007.json"),
        "{error}"
    );
    assert!(
        error.to_string().contains("line"),
        "where in the file: {error}"
    );
    assert_eq!(campaign_configs(&bucket, &app()).await.unwrap().len(), 20);
    assert_eq!(
        campaign_configs(&bucket, &app()).await.unwrap()[7].version,
        1
    );

    store.put(&sample::campaign(7, 3)).await;
    campaign_configs_cache()
        .invalidate(&campaign_configs_key(&bucket))
        .await;
    assert_eq!(
        campaign_configs(&bucket, &app()).await.unwrap()[7].version,
        3
    );
}

#[tokio::test(start_paused = true)]
async fn n_b14_a_config_that_contradicts_itself_is_refused() {
    let (bucket, store) = Observed::bucket(1).await;
    let mut campaign = sample::campaign(0, 2);
    campaign.end = campaign.start;
    store.put(&campaign).await;
    let error = campaign_configs(&bucket, &app()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "campaigns/campaign-0000.json cannot be used: the campaign ends before it starts"
    );
}

#[tokio::test(start_paused = true)]
async fn n_b15_an_empty_bucket_is_an_error_and_is_not_cached() {
    let (bucket, store) = Observed::bucket(0).await;
    for tries in 1..=2 {
        let error = campaign_configs(&bucket, &app()).await.unwrap_err();
        assert!(matches!(error, ConfigError::NoCampaigns), "{error}");
        assert_eq!(store.lists(), tries);
    }
    store.put(&sample::campaign(0, 1)).await;
    assert_eq!(campaign_configs(&bucket, &app()).await.unwrap().len(), 1);
}

/// The same for the other half of what a request needs. No mapping is not a mapping that allows nothing.
#[tokio::test(start_paused = true)]
async fn n_b15_a_missing_consumer_mapping_is_an_error_and_is_not_cached() {
    isolated(async {
        consumer_mapping_cache().set_ttl(Duration::from_secs(300));
        let (bucket, store) = Observed::bucket(0).await;
        for tries in 1..=2 {
            let error = consumer_mapping(&bucket).await.unwrap_err();
            assert!(matches!(error, ConfigError::NoConsumers), "{error}");
            assert_eq!(store.gets(), tries);
        }
        store.write("consumers.json", sample::consumers()).await;
        let mapping = consumer_mapping(&bucket).await.unwrap();
        assert!(mapping.allows("flu-app", "FLU"));
        consumer_mapping(&bucket).await.unwrap();
        assert_eq!(store.gets(), 3, "a mapping that exists is cached");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn n_f9_when_a_refresh_fails_the_last_good_configs_are_served() {
    let (bucket, store) = Observed::bucket(2).await;
    campaign_configs(&bucket, &app()).await.unwrap();
    store.set_broken(true);
    advance(Duration::from_secs(1801)).await;
    for _ in 0..20 {
        assert_eq!(campaign_configs(&bucket, &app()).await.unwrap().len(), 2);
    }
    assert_eq!(store.lists(), 2, "not every request reads a failing bucket");

    let error = campaign_configs(&bucket, &Caller::consumer("test-rig"))
        .await
        .unwrap_err();
    assert!(
        matches!(error, ConfigError::Store(_)),
        "a caller that reads afresh gets the error: {error}"
    );

    store.set_broken(false);
    store.put(&sample::campaign(0, 2)).await;
    advance(Duration::from_secs(2)).await;
    assert_eq!(
        campaign_configs(&bucket, &app()).await.unwrap()[0].version,
        2,
        "recovered"
    );
}

#[tokio::test(start_paused = true)]
async fn n_f9_the_last_good_configs_are_served_for_a_broken_file_too_but_not_for_ever() {
    let (bucket, store) = Observed::bucket(2).await;
    campaign_configs(&bucket, &app()).await.unwrap();
    store.write("campaigns/campaign-0001.json", "{").await;
    advance(Duration::from_secs(1800 + 6 * 3600 - 1)).await;
    assert_eq!(
        campaign_configs(&bucket, &app()).await.unwrap()[1].version,
        1
    );
    advance(Duration::from_secs(1)).await;
    let error = campaign_configs(&bucket, &app()).await.unwrap_err();
    assert!(matches!(error, ConfigError::Broken { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn n_f9_what_was_invalidated_is_not_served() {
    let (bucket, store) = Observed::bucket(1).await;
    campaign_configs(&bucket, &app()).await.unwrap();
    campaign_configs_cache()
        .invalidate(&campaign_configs_key(&bucket))
        .await;
    store.set_broken(true);
    assert!(campaign_configs(&bucket, &app()).await.is_err());
}
