//! What a load says of its answer.

use std::time::Duration;

use cached_attr::{cached, invalidate_tag};
use cached_attr_tests::{Gate, Source, Stepped};
use tokio::time::advance;

use crate::SECOND;

#[cached(ttl = "1m", context = load, skip(source, gate))]
async fn renewed(source: &Source, gate: &Gate, id: u32) -> u32 {
    let answer = source.ask();
    gate.pass().await;
    if let Some(value) = load.not_modified() {
        return value;
    }
    load.tag(format!("renewed:{id}"));
    answer
}

#[tokio::test(start_paused = true)]
async fn a_value_that_is_renewed_keeps_the_tags_that_its_load_named() {
    let (source, gate) = (Source::new(), Gate::opened());
    renewed(&source, &gate, 1).await;
    for _ in 0..2 {
        advance(60 * SECOND).await;
        assert_eq!(renewed(&source, &gate, 1).await, 1);
    }
    assert_eq!(invalidate_tag("renewed:1").await.removed, 1);
    assert_eq!(renewed(&source, &gate, 1).await, 4);
}

#[tokio::test(start_paused = true)]
async fn an_invalidation_of_such_a_tag_during_the_renewal_counts() {
    let (source, gate) = (Source::new(), Gate::new());
    renewed(&source, &Gate::opened(), 2).await;
    advance(60 * SECOND).await;
    let renewing = Stepped::begin(renewed(&source, &gate, 2)).await;
    assert_eq!(invalidate_tag("renewed:2").await.removed, 1);
    gate.open();
    assert_eq!(renewing.finish().await, 1, "it came before");
    assert_eq!(renewed(&source, &gate, 2).await, 3);
}

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
