//! A completed load has the last word, also where its answer is not stored.

use std::time::Duration;

use cached_attr::{CacheControlExt as _, cached};
use cached_attr_tests::{Gate, Source, Stepped};

#[tokio::test(start_paused = true)]
async fn an_older_load_does_not_store_after_a_younger_one_whose_answer_is_not_stored() {
    #[cached(ttl = "1h", store_if = |answer| *answer != 2, skip(source, gate))]
    async fn price(source: &Source, gate: &Gate) -> u32 {
        let answer = source.ask();
        gate.pass().await;
        answer
    }

    let (source, gate, open) = (Source::new(), Gate::new(), Gate::opened());
    let older = Stepped::begin(price(&source, &gate)).await;
    assert_eq!(price(&source, &open).max_age(Duration::ZERO).await, 2);
    gate.open();
    assert_eq!(older.finish().await, 1, "its own caller gets it");
    assert_eq!(price(&source, &open).await, 3, "nobody else does");
}

#[tokio::test(start_paused = true)]
async fn an_older_load_does_not_store_after_a_younger_authoritative_error() {
    #[cached(ttl = "1h", stale_if_error = "1h", stale_if_error_when = |_| false, skip(source, gate))]
    async fn find(source: &Source, gate: &Gate) -> Result<u32, &'static str> {
        let answer = source.ask();
        gate.pass().await;
        if answer == 2 {
            Err("deleted")
        } else {
            Ok(answer)
        }
    }

    let (source, gate, open) = (Source::new(), Gate::new(), Gate::opened());
    let older = Stepped::begin(find(&source, &gate)).await;
    let deleted = find(&source, &open).max_age(Duration::ZERO).await;
    assert_eq!(deleted, Err("deleted"));
    gate.open();
    assert_eq!(older.finish().await, Ok(1));
    assert_eq!(find(&source, &open).await, Ok(3), "loaded again");
}

#[tokio::test(start_paused = true)]
async fn an_older_authoritative_error_does_not_remove_a_younger_answer() {
    #[cached(ttl = "1h", stale_if_error = "1h", stale_if_error_when = |_| false, skip(source, gate))]
    async fn find(source: &Source, gate: &Gate) -> Result<u32, &'static str> {
        let answer = source.ask();
        gate.pass().await;
        if answer == 1 {
            Err("not there yet")
        } else {
            Ok(answer)
        }
    }

    let (source, gate, open) = (Source::new(), Gate::new(), Gate::opened());
    let older = Stepped::begin(find(&source, &gate)).await;
    assert_eq!(find(&source, &open).max_age(Duration::ZERO).await, Ok(2));
    gate.open();
    assert_eq!(older.finish().await, Err("not there yet"));
    assert_eq!(find(&source, &open).await, Ok(2));
}
