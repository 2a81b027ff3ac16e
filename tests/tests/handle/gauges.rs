//! `stats` of what a cache holds and what it is doing.

use std::time::Duration;

use cached_attr::{FnCache, cached};
use cached_attr_tests::{Gate, Source, Stepped};
use tokio::time::advance;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn running_loads_and_the_age_of_the_oldest_are_counted_while_they_run() {
    #[cached(ttl = "1m", skip(gate))]
    async fn slow(gate: &Gate, id: u32) -> u32 {
        gate.pass().await;
        id
    }

    let gate = Gate::new();
    let first = Stepped::begin(slow(&gate, 1)).await;
    advance(5 * SECOND).await;
    let second = Stepped::begin(slow(&gate, 2)).await;
    advance(SECOND).await;
    let stats = slow_cache().stats();
    assert_eq!(stats.running_loads, 2);
    assert_eq!(stats.oldest_load, Some(6 * SECOND));

    drop(first);
    assert_eq!(slow_cache().stats().oldest_load, Some(SECOND));
    gate.open();
    second.finish().await;
    let stats = slow_cache().stats();
    assert_eq!((stats.running_loads, stats.oldest_load), (0, None));
}

#[tokio::test]
async fn entries_and_their_weight_are_what_is_held_now() {
    let plain: FnCache<u32, u32> = FnCache::builder().build();
    let weighed: FnCache<u32, u32> = FnCache::builder().weigh(|_, n| *n).build();
    for id in 1..=4 {
        plain.insert(id, id).await;
        weighed.insert(id, id).await;
    }
    plain.invalidate(4).await;
    weighed.invalidate(4).await;
    assert_eq!((plain.stats().entries, plain.stats().weight), (3, 3));
    assert_eq!((weighed.stats().entries, weighed.stats().weight), (3, 6));
}

#[tokio::test]
async fn a_function_without_a_key_weighs_its_one_answer() {
    #[cached(ttl = "1m", weigh = |(), text: &String| text.len().try_into().unwrap_or(u32::MAX))]
    async fn greeting() -> String {
        "hello".to_owned()
    }

    assert_eq!(greeting_cache().stats().weight, 0);
    greeting().await;
    let stats = greeting_cache().stats();
    assert_eq!((stats.entries, stats.weight), (1, 5));
    greeting_cache().invalidate(()).await;
    let stats = greeting_cache().stats();
    assert_eq!((stats.entries, stats.weight), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn load_times_hold_each_load_that_gave_an_answer() {
    #[cached(ttl = "1m", skip(source))]
    async fn timed(source: &Source, millis: u64) -> Result<u32, String> {
        let answer = source.ask_for(Duration::from_millis(millis)).await;
        if millis == 9 {
            Err("nine".to_owned())
        } else {
            Ok(answer)
        }
    }

    let source = Source::new();
    for millis in [1, 3, 9, 3000] {
        let _ = timed(&source, millis).await;
        let _ = timed(&source, millis).await;
    }
    let times = timed_cache().stats().load_times;
    assert_eq!(times.count(), 3, "the failed one is not among them");
    let filled: Vec<_> = times
        .buckets()
        .filter(|(_, loads)| *loads > 0)
        .filter_map(|(bound, _)| bound)
        .collect();
    let bounds = [1_600, 3_200, 3_276_800].map(Duration::from_micros);
    assert_eq!(filled, bounds);
    assert_eq!(times.quantile(0.5), Some(bounds[1]));
}

#[tokio::test(start_paused = true)]
async fn the_line_of_numbers_leaves_out_what_is_zero() {
    #[cached(ttl = "1m")]
    async fn quiet(id: u32) -> u32 {
        id
    }

    quiet(1).await;
    quiet(1).await;
    assert_eq!(
        quiet_cache().stats().to_string(),
        "1 hits, 1 misses, 1 loads, 1 stored, 1 entries, 1 weight, 0ns in loads (half within 100µs, 99 % within 100µs)"
    );
    assert_eq!(quiet_cache().stats().hit_ratio(), Some(0.5));
}
