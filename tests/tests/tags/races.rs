//! I1: a tag that is invalidated counts more than loads that began before.

use cached_attr::{cached, invalidate_tag};
use cached_attr_tests::{Gate, Source, Stepped, poll_once};

macro_rules! price {
    ($name:ident, $tag:literal) => {
        #[cached(ttl = "1h", skip(source, gate), tags = [$tag])]
        async fn $name(source: &Source, gate: &Gate, id: u32) -> u32 {
            let _ = id;
            let answer = source.ask();
            gate.pass().await;
            answer
        }
    };
}

#[tokio::test(start_paused = true)]
async fn a_load_that_began_before_is_not_stored_and_who_waited_gets_its_answer() {
    price!(price, "race-waited:{id}");
    let (source, gate, open) = (Source::new(), Gate::new(), Gate::opened());
    let load = Stepped::begin(price(&source, &gate, 1)).await;
    let waiter = Stepped::begin(price(&source, &gate, 1)).await;
    assert_eq!(invalidate_tag("race-waited:1").await.removed, 0);

    assert_eq!(price(&source, &open, 1).await, 2, "who comes later loads");
    gate.open();
    assert_eq!((load.finish().await, waiter.finish().await), (1, 1));
    assert_eq!(price(&source, &open, 1).await, 2);
    assert_eq!(price_cache().stats().superseded, 1);
}

#[tokio::test(start_paused = true)]
async fn a_later_caller_does_not_join_a_load_that_began_before() {
    price!(price, "race-joins:{id}");
    let (source, gate, later_gate) = (Source::new(), Gate::new(), Gate::new());
    let load = Stepped::begin(price(&source, &gate, 1)).await;
    invalidate_tag("race-joins:1").await;
    let mut later = Box::pin(price(&source, &later_gate, 1));
    assert_eq!(poll_once(later.as_mut()).await, None);
    gate.open();
    assert_eq!(load.finish().await, 1);
    assert_eq!(poll_once(later.as_mut()).await, None);
    later_gate.open();
    assert_eq!(later.await, 2);
}

#[tokio::test(start_paused = true)]
async fn loads_with_other_tags_are_left_alone() {
    price!(price, "race-others:{id}");
    let (source, gate, open) = (Source::new(), Gate::new(), Gate::opened());
    let load = Stepped::begin(price(&source, &gate, 2)).await;
    invalidate_tag("race-others:1").await;
    gate.open();
    assert_eq!(load.finish().await, 1);
    assert_eq!(price(&source, &open, 2).await, 1);
}

#[tokio::test(start_paused = true)]
async fn an_old_load_that_ends_last_does_not_replace_the_new_answer() {
    price!(price, "race-last:{id}");
    let (source, gate, open) = (Source::new(), Gate::new(), Gate::opened());
    let old = Stepped::begin(price(&source, &gate, 1)).await;
    invalidate_tag("race-last:1").await;
    assert_eq!(price(&source, &open, 1).await, 2);
    gate.open();
    assert_eq!(old.finish().await, 1);
    assert_eq!(price(&source, &open, 1).await, 2);
    assert_eq!(invalidate_tag("race-last:1").await.removed, 1);
}

#[tokio::test(start_paused = true)]
async fn an_invalidation_takes_effect_in_its_first_poll() {
    price!(price, "race-polled:{id}");
    let (source, open) = (Source::new(), Gate::opened());
    assert_eq!(price(&source, &open, 1).await, 1);
    let mut invalidation = Box::pin(invalidate_tag("race-polled:1"));
    let _ = poll_once(invalidation.as_mut()).await;
    drop(invalidation);
    assert_eq!(price(&source, &open, 1).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_held_key_stays_held() {
    price!(price, "race-held:{id}");
    let (source, gate, open) = (Source::new(), Gate::new(), Gate::opened());
    let guard = price_cache().write(1).await;
    let load = Stepped::begin(price(&source, &gate, 1)).await;
    invalidate_tag("race-held:1").await;
    gate.open();
    assert_eq!(load.finish().await, 1);
    assert_eq!(price(&source, &open, 1).await, 2);
    assert!(price_cache().is_empty());
    guard.commit().await;
    assert_eq!(price(&source, &open, 1).await, 3);
    assert_eq!(price(&source, &open, 1).await, 3);
}
