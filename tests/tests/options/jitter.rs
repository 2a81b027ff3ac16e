//! `jitter` shortens lives, each by its own amount, and lengthens none.

use std::time::Duration;

use cached_attr::{FnCache, cached};
use tokio::time::advance;

#[cached(ttl = "100s", jitter = "10%")]
async fn by_part(id: u32) -> u32 {
    id
}

#[cached(ttl = "100s", jitter = "20s")]
async fn by_time(id: u32) -> u32 {
    id
}

#[cached(ttl = |_| Duration::from_secs(100), jitter = "10%")]
async fn by_part_of_each(id: u32) -> u32 {
    id
}

macro_rules! spreads {
    ($test:ident, $function:ident, $cache:ident, $earliest:literal) => {
        #[tokio::test(start_paused = true)]
        async fn $test() {
            const ENTRIES: u32 = 500;
            for id in 0..ENTRIES {
                $function(id).await;
            }
            let held = async || {
                let mut held = 0;
                for id in 0..ENTRIES {
                    held += u32::from($cache().get(id).await.is_some());
                }
                held
            };
            advance(Duration::from_millis($earliest * 1000 - 10)).await;
            assert_eq!(held().await, ENTRIES, "none goes before its time");
            advance(Duration::from_secs((100 - $earliest) / 2)).await;
            let half = held().await;
            assert!(
                (100..400).contains(&half),
                "they go one after another: {half}"
            );
            advance(Duration::from_secs((100 - $earliest) / 2)).await;
            advance(Duration::from_millis(10)).await;
            assert_eq!(held().await, 0, "none lives longer than the ttl");
        }
    };
}

spreads!(a_part_of_the_ttl, by_part, by_part_cache, 90);
spreads!(a_duration, by_time, by_time_cache, 80);
spreads!(
    a_part_of_what_a_closure_says,
    by_part_of_each,
    by_part_of_each_cache,
    90
);

#[tokio::test(start_paused = true)]
async fn an_endless_life_has_no_jitter() {
    let endless = FnCache::builder().ttl_never().jitter_ratio(0.5).build();
    for id in 0..100u32 {
        endless.insert(id, id).await;
    }
    advance(Duration::from_secs(60 * 60 * 24 * 365)).await;
    for id in 0..100 {
        assert_eq!(endless.get(id).await, Some(id));
    }
}
