//! `set_ttl` and `set_enabled`.

use std::time::Duration;

use cached_attr::cached;
use cached_attr_tests::{Gate, Source, Stepped};
use tokio::time::advance;

#[tokio::test(start_paused = true)]
async fn set_ttl_holds_for_entries_that_are_held() {
    #[cached(ttl = "1m", skip(source))]
    async fn price(source: &Source) -> u32 {
        source.ask()
    }

    let source = Source::new();
    price(&source).await;
    advance(Duration::from_secs(10)).await;
    price_cache().set_ttl(Duration::from_secs(10));
    assert_eq!(price(&source).await, 2, "shorter");
    price_cache().set_ttl(Duration::from_secs(100));
    advance(Duration::from_secs(99)).await;
    assert_eq!(price(&source).await, 2, "longer");
    advance(Duration::from_secs(1)).await;
    assert_eq!(price(&source).await, 3);
}

#[tokio::test(start_paused = true)]
async fn a_life_lengthened_before_its_end_goes_on() {
    #[cached(ttl = "10s", skip(source))]
    async fn short(source: &Source) -> u32 {
        source.ask()
    }

    let source = Source::new();
    short(&source).await;
    short_cache().set_ttl(Duration::from_secs(3600));
    advance(Duration::from_secs(3599)).await;
    assert_eq!(short(&source).await, 1);
}

#[tokio::test(start_paused = true)]
async fn set_ttl_of_zero_turns_the_cache_off_and_another_on() {
    #[cached(ttl = "1m", skip(source))]
    async fn price(source: &Source) -> u32 {
        source.ask()
    }

    let source = Source::new();
    price(&source).await;
    price_cache().set_ttl(Duration::ZERO);
    assert_eq!((price(&source).await, price(&source).await), (2, 3));
    assert!(!price_cache().stats().enabled);
    price_cache().set_ttl(Duration::from_secs(60));
    let answer = price(&source).await;
    assert_eq!(price(&source).await, answer);
    assert!(price_cache().stats().enabled);
}

#[tokio::test(start_paused = true)]
async fn set_ttl_turns_a_function_on_whose_ttl_is_zero() {
    #[cached(ttl = 0, skip(source))]
    async fn off(source: &Source) -> u32 {
        source.ask()
    }

    let source = Source::new();
    assert_eq!((off(&source).await, off(&source).await), (1, 2));
    off_cache().set_ttl(Duration::from_secs(1));
    assert_eq!((off(&source).await, off(&source).await), (3, 3));
}

#[tokio::test(start_paused = true)]
async fn while_a_cache_is_off_entries_are_kept_and_invalidations_apply() {
    #[cached(ttl = "1m", skip(source))]
    async fn price(source: &Source, id: u32) -> u32 {
        let _ = id;
        source.ask()
    }

    let source = Source::new();
    let cache = price_cache();
    assert_eq!((price(&source, 1).await, price(&source, 2).await), (1, 2));
    cache.set_enabled(false);
    assert!(!cache.stats().enabled);
    assert_eq!((price(&source, 1).await, price(&source, 1).await), (3, 4));
    assert_eq!(cache.get(1).await, None);
    cache.invalidate(1).await;
    cache.set_enabled(true);
    assert_eq!(price(&source, 1).await, 5, "invalidated meanwhile");
    assert_eq!(price(&source, 2).await, 2, "kept");
}

#[tokio::test(start_paused = true)]
async fn a_load_that_ends_while_its_cache_is_off_is_not_stored() {
    #[cached(ttl = "1m", skip(source, gate))]
    async fn slow(source: &Source, gate: &Gate) -> u32 {
        let answer = source.ask();
        gate.pass().await;
        answer
    }

    let (source, gate) = (Source::new(), Gate::new());
    let load = Stepped::begin(slow(&source, &gate)).await;
    let waiter = Stepped::begin(slow(&source, &gate)).await;
    slow_cache().set_enabled(false);
    gate.open();
    assert_eq!((load.finish().await, waiter.finish().await), (1, 1));
    slow_cache().set_enabled(true);
    assert_eq!(slow(&source, &gate).await, 2);
}
