//! `max_age`, `no_cache`, `no_store` of one call.

use std::time::Duration;

use cached_attr::{CacheControlExt as _, cached};
use cached_attr_tests::{Gate, Source, Stepped};
use tokio::time::advance;

const SECOND: Duration = Duration::from_secs(1);

#[cached(ttl = "1m", skip(source))]
async fn price(source: &Source, id: u32) -> u32 {
    let _ = id;
    source.ask()
}

#[tokio::test(start_paused = true)]
async fn max_age_takes_only_younger_answers() {
    let source = Source::new();
    price(&source, 1).await;
    advance(5 * SECOND).await;
    assert_eq!(
        price(&source, 1)
            .max_age(5 * SECOND + Duration::from_millis(1))
            .await,
        1
    );
    assert_eq!(
        price(&source, 1).max_age(5 * SECOND).await,
        2,
        "of this age: too old"
    );
    assert_eq!(price(&source, 1).await, 2, "stored");
}

#[tokio::test(start_paused = true)]
async fn max_age_does_not_lengthen_a_life() {
    let source = Source::new();
    price(&source, 2).await;
    advance(60 * SECOND).await;
    assert_eq!(price(&source, 2).max_age(1000 * SECOND).await, 2);
}

#[tokio::test(start_paused = true)]
async fn max_age_zero_always_loads_and_stores() {
    let source = Source::new();
    for expected in 1..=5 {
        assert_eq!(price(&source, 3).max_age(Duration::ZERO).await, expected);
    }
    assert_eq!(price(&source, 3).await, 5);
}

#[tokio::test(start_paused = true)]
async fn no_cache_reads_nothing_but_stores() {
    let source = Source::new();
    price(&source, 4).await;
    assert_eq!(price(&source, 4).no_cache().await, 2);
    assert_eq!(price(&source, 4).await, 2);
}

#[tokio::test(start_paused = true)]
async fn no_store_reads_nothing_writes_nothing_removes_nothing() {
    let source = Source::new();
    assert_eq!(price(&source, 5).no_store().await, 1);
    assert_eq!(price_cache().get(5).await, None);
    assert_eq!(price(&source, 5).await, 2);
    assert_eq!(price(&source, 5).no_store().await, 3);
    assert_eq!(price(&source, 5).await, 2);
}

#[tokio::test(start_paused = true)]
async fn the_stricter_of_two_wishes_counts() {
    let source = Source::new();
    price(&source, 6).await;
    advance(5 * SECOND).await;
    assert_eq!(
        price(&source, 6)
            .max_age(10 * SECOND)
            .max_age(2 * SECOND)
            .await,
        2
    );
    advance(5 * SECOND).await;
    assert_eq!(
        price(&source, 6)
            .max_age(2 * SECOND)
            .max_age(10 * SECOND)
            .await,
        3
    );
    assert_eq!(price(&source, 6).max_age(10 * SECOND).no_store().await, 4);
    assert_eq!(price(&source, 6).no_cache().max_age(10 * SECOND).await, 5);
}

#[tokio::test(start_paused = true)]
async fn wishes_of_one_call_end_with_it() {
    let source = Source::new();
    price(&source, 7).max_age(Duration::ZERO).await;
    assert_eq!(price(&source, 7).await, 1);
    let gate = Gate::new();
    let strict = Stepped::begin(
        async {
            gate.pass().await;
            price(&source, 7).await
        }
        .no_store(),
    )
    .await;
    assert_eq!(
        price(&source, 7).await,
        1,
        "between two polls of a strict call"
    );
    gate.open();
    assert_eq!(strict.finish().await, 2);
    assert_eq!(price(&source, 7).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_refreshing_call_does_not_remove_the_answer_when_it_fails() {
    #[cached(ttl = "1m", skip(source))]
    async fn fragile(source: &Source) -> Result<u32, String> {
        match source.ask() {
            2 => Err("down".to_owned()),
            answer => Ok(answer),
        }
    }

    let source = Source::new();
    assert_eq!(fragile(&source).await, Ok(1));
    assert_eq!(fragile(&source).no_cache().await, Err("down".to_owned()));
    assert_eq!(fragile(&source).await, Ok(1));
}
