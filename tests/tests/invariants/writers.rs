//! I1 for a writer: while the guard lives nothing is stored under its key.

use cached_attr_tests::{Gate, Stepped, poll_once};

use crate::changes::Prices;

#[tokio::test(start_paused = true)]
async fn taking_the_guard_removes_the_entry() {
    let prices = Prices::new();
    prices.of(1).await;
    let guard = prices.cache.write(1).await;

    assert_eq!(prices.cache.get(1).await, None);
    assert_eq!(prices.cache.age(1), None);
    guard.commit().await;
}

#[tokio::test(start_paused = true)]
async fn loads_under_a_guard_answer_their_callers_and_are_not_stored() {
    let prices = Prices::new();
    let guard = prices.cache.write(1).await;

    assert_eq!((prices.of(1).await, prices.of(1).await), (1, 2));
    assert_eq!(prices.cache.get(1).await, None);
    guard.commit().await;
    assert_eq!((prices.of(1).await, prices.of(1).await), (3, 3));
}

#[tokio::test(start_paused = true)]
async fn a_load_that_began_under_a_guard_is_not_stored_after_it_either() {
    for dropped in [false, true] {
        let (prices, gate) = (Prices::new(), Gate::new());
        let guard = prices.cache.write(1).await;
        let load = Stepped::begin(prices.behind(&gate, 1)).await;
        if dropped {
            drop(guard);
        } else {
            guard.commit().await;
        }
        let later = Stepped::begin(prices.behind(&gate, 1)).await;
        gate.open();

        assert_eq!(load.finish().await, 1);
        assert_eq!(
            later.finish().await,
            2,
            "it may have read what was before the write"
        );
        assert_eq!(prices.cache.get(1).await, Some(2));
    }
}

#[tokio::test(start_paused = true)]
async fn insert_stores_nothing_under_a_guard() {
    let prices = Prices::new();
    let guard = prices.cache.write(1).await;
    prices.cache.insert(1, 7).await;
    assert_eq!(prices.cache.get(1).await, None);
    guard.commit().await;

    prices.cache.insert(1, 8).await;
    assert_eq!(prices.cache.get(1).await, Some(8));
}

#[tokio::test(start_paused = true)]
async fn of_two_writers_the_last_to_go_ends_the_hold() {
    let prices = Prices::new();
    let first = prices.cache.write(1).await;
    let second = prices.cache.write(1).await;
    first.commit().await;
    prices.of(1).await;
    assert_eq!(prices.cache.get(1).await, None, "the second still writes");
    drop(second);

    let price = prices.of(1).await;
    assert_eq!(prices.cache.get(1).await, Some(price));
}

#[tokio::test(start_paused = true)]
async fn a_guard_holds_its_own_key_only() {
    let prices = Prices::new();
    let guard = prices.cache.write(1).await;

    assert_eq!((prices.of(2).await, prices.of(2).await), (1, 1));
    guard.commit().await;
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_writer_lets_go_of_the_key() {
    let (prices, gate) = (Prices::new(), Gate::new());
    let writer = Stepped::begin(async {
        let guard = prices.cache.write(1).await;
        gate.pass().await;
        guard.commit().await;
    })
    .await;
    prices.of(1).await;
    assert_eq!(prices.cache.get(1).await, None);
    drop(writer);

    let price = prices.of(1).await;
    assert_eq!(prices.cache.get(1).await, Some(price));
}

#[tokio::test]
async fn a_panicking_writer_lets_go_of_the_key() {
    let prices = Prices::new();
    let cache = prices.cache.clone();
    let writer = tokio::spawn(async move {
        let _guard = cache.write(1).await;
        panic!("the database is gone");
    });
    assert!(writer.await.is_err_and(|error| error.is_panic()));

    let price = prices.of(1).await;
    assert_eq!(prices.cache.get(1).await, Some(price));
}

#[tokio::test(start_paused = true)]
async fn an_invalidation_does_not_end_a_hold() {
    let prices = Prices::new();
    let guard = prices.cache.write(1).await;
    prices.cache.invalidate(1).await;
    prices.cache.invalidate_all().await;
    prices.of(1).await;

    assert_eq!(prices.cache.get(1).await, None);
    guard.commit().await;
}

#[tokio::test(start_paused = true)]
async fn a_hit_never_waits_for_a_writer_or_a_load() {
    let (prices, gate) = (Prices::new(), Gate::new());
    prices.of(2).await;
    let _guard = prices.cache.write(1).await;
    let _load = Stepped::begin(prices.behind(&gate, 3)).await;

    let mut hit = Box::pin(prices.of(2));
    assert_eq!(poll_once(hit.as_mut()).await, Some(1));
}
