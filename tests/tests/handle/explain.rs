//! `explain`: what it says of a key is what the next call does.

use std::sync::Arc;
use std::time::Duration;

use cached_attr::{CacheControlExt as _, FnCache, NextCall, cached};
use cached_attr_tests::{Gate, Source, Stepped};
use tokio::time::advance;

const SECOND: Duration = Duration::from_secs(1);

fn says<K: cached_attr::CacheKey, V: cached_attr::CacheValue>(
    cache: &FnCache<K, V>,
    key: &K,
    sentence: &str,
) {
    assert_eq!(cache.explain(key).to_string(), sentence);
}

#[tokio::test(start_paused = true)]
async fn an_answer_from_its_load_to_its_end() {
    #[cached(ttl = "1m", stale_if_error = "30s", skip(source))]
    async fn price(source: &Source, item: u32) -> Result<u32, String> {
        match source.ask() {
            1 => Ok(item),
            _ => Err("down".to_owned()),
        }
    }

    let source = Source::new();
    let cache = price_cache();
    says(cache, &7, "miss: there is no answer");
    price(&source, 7).await.expect("the source is up");
    advance(18 * SECOND).await;
    says(cache, &7, "hit: loaded 18s ago, fresh for another 42s");
    let (_, status) = price(&source, 7).with_status().await;
    assert!(status.hit && !status.stale);

    advance(44 * SECOND).await;
    let old = "miss: the answer is 2s past its ttl, and is served if the load fails within 28s";
    says(cache, &7, old);
    let (_, status) = price(&source, 7).with_status().await;
    assert!(status.stale && !status.hit, "it was loaded");

    advance(SECOND / 4).await;
    let in_pause = "stale: the last load has failed; the answer, 2.2s past its ttl, is served for another 750ms before the next load";
    says(cache, &7, in_pause);
    let (_, status) = price(&source, 7).with_status().await;
    assert!(status.stale && status.hit, "it was not loaded");

    advance(28 * SECOND).await;
    says(cache, &7, "miss: the answer is 30s past its ttl");
    assert!(price(&source, 7).await.is_err());
    let counted = cache.stats();
    assert_eq!((counted.hits, counted.misses, counted.stale), (1, 3, 2));
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_an_end_and_one_that_was_expired() {
    let cache: FnCache<u32, u32> = FnCache::builder().build();
    cache.insert(1, 1).await;
    advance(3 * SECOND).await;
    says(&cache, &1, "hit: loaded 3s ago, and never too old");
    cache.expire(1).await;
    advance(2 * SECOND).await;
    says(&cache, &1, "miss: the answer was expired 2s ago");
    cache.invalidate(1).await;
    says(&cache, &1, "miss: there is no answer");
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_in_place_of_a_value() {
    #[cached(ttl = "1m", negative_ttl = "10s", error_ttl = "5s")]
    async fn find(id: u32) -> Result<Option<u32>, String> {
        match id {
            0 => Ok(None),
            _ => Err("broken".to_owned()),
        }
    }

    find(0).await.expect("there is none");
    find(1).await.expect_err("it is broken");
    advance(2 * SECOND).await;
    let none = "hit: that there is none, loaded 2s ago, fresh for another 8s";
    says(find_cache(), &0, none);
    let error = "hit: an error, loaded 2s ago, fresh for another 3s";
    says(find_cache(), &1, error);
}

#[tokio::test(start_paused = true)]
async fn a_load_that_runs_and_a_writer() {
    #[cached(ttl = "1m", skip(gate))]
    async fn slow(gate: &Gate) -> u32 {
        gate.pass().await;
        1
    }

    let gate = Gate::new();
    let cache = slow_cache();
    let load = Stepped::begin(slow(&gate)).await;
    advance(4 * SECOND).await;
    let running = "miss: waits for a load that has been running for 4s";
    says(cache, &(), running);
    let writer = cache.write(()).await;
    let held = "miss: there is no answer; a writer holds the key, so what is loaded is not stored";
    says(cache, &(), held);
    gate.open();
    load.finish().await;
    slow(&gate).await;
    assert!(cache.is_empty(), "a writer held the key");
    writer.commit().await;
    slow(&gate).await;
    assert_eq!(cache.explain(()).next_call(), NextCall::Hit);
}

#[tokio::test(start_paused = true)]
async fn a_cache_that_is_off() {
    #[cached(ttl = "1m", stale_if_error = "1h")]
    async fn one() -> Result<u32, String> {
        Ok(1)
    }

    let cache = one_cache();
    one().await.expect("it returns Ok");
    cache.set_enabled(false);
    says(cache, &(), "bypass: the cache is switched off");
    let bypassed = cache.stats().bypassed;
    one().await.expect("it returns Ok");
    assert_eq!(cache.stats().bypassed, bypassed + 1);
    cache.set_enabled(true);
    cache.set_ttl(Duration::ZERO);
    says(cache, &(), "bypass: the ttl is zero");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_nobody_reads_and_that_explain_does_not_keep() {
    let cache: FnCache<u32, u32> = FnCache::builder().tti(10 * SECOND).build();
    cache.insert(1, 1).await;
    for _ in 0..2 {
        advance(5 * SECOND).await;
        let _ = cache.explain(1);
    }
    let idle = "miss: the answer was not read for 10s, longer than its tti";
    says(&cache, &1, idle);
    assert_eq!(cache.get(1).await, None);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_loaded_anew_in_the_background() {
    #[cached(
        ttl = "1m",
        refresh_ahead = 0.5,
        stale_while_revalidate = "20s",
        skip(gate)
    )]
    async fn price(gate: Arc<Gate>) -> u32 {
        gate.pass().await;
        1
    }

    let gate = Arc::new(Gate::opened());
    let cache = price_cache();
    price(gate).await;
    advance(40 * SECOND).await;
    let ahead = "hit: loaded 40s ago, fresh for another 20s; a load begins in the background";
    says(cache, &(), ahead);
    advance(25 * SECOND).await;
    let late = "stale: the answer is 5s past its ttl, and is served for another 15s; a load begins in the background";
    says(cache, &(), late);
    let closed = Arc::new(Gate::new());
    price(Arc::clone(&closed)).await;
    closed.arrival().await;
    advance(2 * SECOND).await;
    let running = "stale: the answer is 7s past its ttl, and is served for another 13s; a load has been running for 2s";
    says(cache, &(), running);
    let stats = cache.stats();
    assert_eq!((stats.refreshes, stats.stale_while_revalidate), (1, 1));
}
