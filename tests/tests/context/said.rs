//! What a load says of its answer.

use std::time::Duration;

use cached_attr::{cached, invalidate_tag};
use cached_attr_tests::{Gate, Source};
use tokio::time::advance;

use crate::SECOND;

#[tokio::test(start_paused = true)]
async fn set_ttl_is_this_answers_own() {
    #[cached(ttl = "1m", context = load, skip(source))]
    async fn value(source: &Source, ttl: u64) -> u32 {
        if ttl > 0 {
            load.set_ttl(Duration::from_secs(ttl));
        }
        source.ask()
    }

    let source = Source::new();
    assert_eq!(
        (
            value(&source, 0).await,
            value(&source, 10).await,
            value(&source, 100).await
        ),
        (1, 2, 3)
    );
    advance(10 * SECOND).await;
    assert_eq!(
        (
            value(&source, 0).await,
            value(&source, 10).await,
            value(&source, 100).await
        ),
        (1, 4, 3)
    );
    advance(50 * SECOND).await;
    assert_eq!((value(&source, 0).await, value(&source, 100).await), (5, 3));
    value_cache().set_ttl(200 * SECOND);
    advance(100 * SECOND).await;
    assert_eq!(
        value(&source, 100).await,
        3,
        "`set_ttl` of the cache counts more"
    );
}

#[tokio::test(start_paused = true)]
async fn no_store_stores_nothing() {
    #[cached(ttl = "1m", context = load, skip(source))]
    async fn value(source: &Source) -> u32 {
        let answer = source.ask();
        if answer < 3 {
            load.no_store();
        }
        answer
    }

    let source = Source::new();
    assert_eq!(
        (
            value(&source).await,
            value(&source).await,
            value(&source).await
        ),
        (1, 2, 3)
    );
    assert_eq!(value(&source).await, 3);
}

#[cached(ttl = "1m", context = load, skip(source, gate))]
async fn tagged(source: &Source, gate: &Gate, id: u32) -> u32 {
    let answer = source.ask();
    gate.pass().await;
    load.tag(format!("group:{}", id % 10));
    answer
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_is_named_during_the_load_is_one() {
    let (source, gate) = (Source::new(), Gate::opened());
    assert_eq!(
        (
            tagged(&source, &gate, 11).await,
            tagged(&source, &gate, 12).await
        ),
        (1, 2)
    );
    assert_eq!(invalidate_tag("group:1").await.removed, 1);
    assert_eq!(
        (
            tagged(&source, &gate, 11).await,
            tagged(&source, &gate, 12).await
        ),
        (3, 2)
    );
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_was_invalidated_before_it_was_named_keeps_the_answer_from_being_stored() {
    let (source, gate) = (Source::new(), Gate::new());
    let (first, second) = tokio::join!(tagged(&source, &gate, 23), async {
        gate.arrival().await;
        invalidate_tag("group:3").await;
        gate.open();
        // It joins the load, and does not get its answer.
        tagged(&source, &gate, 23).await
    });
    assert_eq!((first, second), (1, 2));
    assert_eq!(tagged(&source, &gate, 23).await, 2);
}
