//! Many callers at once.

use std::time::Duration;

use eligibility::{Caller, campaign_configs, campaign_configs_cache, campaign_configs_key, sample};
use tokio::task::JoinSet;

use crate::support::Observed;

#[tokio::test(start_paused = true)]
async fn n_f3_twenty_callers_of_a_cold_cache_cost_one_load() {
    let (bucket, store) = Observed::bucket(20).await;
    store.delay(Duration::from_millis(100));
    let mut callers = JoinSet::new();
    for _ in 0..20 {
        let bucket = bucket.clone();
        callers.spawn(async move {
            campaign_configs(&bucket, &Caller::consumer("app"))
                .await
                .unwrap()
                .len()
        });
    }
    assert_eq!(callers.join_all().await, [20; 20]);
    assert_eq!((store.lists(), store.gets()), (1, 20));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn n_f12_threads_that_read_while_another_clears_never_see_a_torn_or_an_old_list() {
    let (bucket, store) = Observed::bucket(8).await;
    let mut readers = JoinSet::new();
    for _ in 0..8 {
        let bucket = bucket.clone();
        readers.spawn(async move {
            let mut newest = 0;
            while newest < 100 {
                let configs = campaign_configs(&bucket, &Caller::consumer("app"))
                    .await
                    .unwrap();
                assert_eq!(configs.len(), 8);
                assert!(configs[0].version >= newest, "an answer went back in time");
                newest = configs[0].version;
                tokio::task::yield_now().await;
            }
        });
    }
    for version in 1..=100 {
        store.put(&sample::campaign(0, version)).await;
        campaign_configs_cache()
            .invalidate(&campaign_configs_key(&bucket))
            .await;
        let seen = campaign_configs(&bucket, &Caller::consumer("app"))
            .await
            .unwrap()[0]
            .version;
        assert_eq!(seen, version, "what was cleared is not served again");
    }
    while let Some(reader) = readers.join_next().await {
        reader.unwrap();
    }
}
