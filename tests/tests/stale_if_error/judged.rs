//! `stale_if_error_when`: which errors are failures, and which are the source's last word.

use std::time::Duration;

use cached_attr::{CacheControlExt as _, cached};
use cached_attr_tests::{Gate, Stepped};
use tokio::time::advance;

use crate::{Fault, SECOND, Shop};

#[cached(ttl = "1m", stale_if_error = "1h",
         stale_if_error_when = |fault| *fault == Fault::Down, skip(shop, gate))]
async fn find(shop: &Shop, gate: &Gate, id: u32) -> Result<u32, Fault> {
    gate.pass().await;
    shop.ask().map(|answer| answer + id)
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_stood_in_for_and_another_error_removes_the_old_answer() {
    let (shop, open) = (Shop::new(), Gate::opened());
    assert_eq!(find(&shop, &open, 10).await, Ok(11));
    advance(60 * SECOND).await;
    shop.becomes(Fault::Down);
    assert_eq!(find(&shop, &open, 10).await, Ok(11));
    advance(SECOND).await;
    shop.becomes(Fault::Missing);
    assert_eq!(find(&shop, &open, 10).await, Err(Fault::Missing));
    assert_eq!(find_cache().age(10), None);
    shop.becomes(Fault::Down);
    assert_eq!(
        find(&shop, &open, 10).await,
        Err(Fault::Down),
        "nothing is left that could stand in"
    );
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_for_an_authoritative_error_get_it() {
    let (shop, gate) = (Shop::new(), Gate::new());
    find_cache().insert(20, 1).await;
    find_cache().expire(20).await;
    shop.becomes(Fault::Missing);
    let leader = Stepped::begin(find(&shop, &gate, 20)).await;
    let waiter = Stepped::begin(find(&shop, &gate, 20)).await;
    gate.open();
    let answers = (leader.finish().await, waiter.finish().await);
    assert_eq!(answers, (Err(Fault::Missing), Err(Fault::Missing)));
    assert_eq!(shop.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_authoritative_error_told_to_a_strict_caller_removes_a_fresh_answer() {
    let (shop, open) = (Shop::new(), Gate::opened());
    assert_eq!(find(&shop, &open, 30).await, Ok(31));
    shop.becomes(Fault::Missing);
    let strict = find(&shop, &open, 30).max_age(Duration::ZERO).await;
    assert_eq!(strict, Err(Fault::Missing));
    assert_eq!(find(&shop, &open, 30).await, Err(Fault::Missing));
    assert_eq!(shop.asked(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_authoritative_error_does_not_remove_what_was_inserted_since_its_load_began() {
    let (shop, gate) = (Shop::new(), Gate::new());
    shop.becomes(Fault::Missing);
    let load = Stepped::begin(find(&shop, &gate, 40)).await;
    find_cache().insert(40, 7).await;
    gate.open();
    assert_eq!(load.finish().await, Err(Fault::Missing));
    assert_eq!(find(&shop, &gate, 40).await, Ok(7));
}

#[tokio::test(start_paused = true)]
async fn a_failure_without_an_old_answer_is_told_and_asked_for_again() {
    let (shop, open) = (Shop::new(), Gate::opened());
    shop.becomes(Fault::Down);
    for _ in 0..2 {
        assert_eq!(find(&shop, &open, 50).await, Err(Fault::Down));
    }
    assert_eq!(shop.asked(), 2, "there is nothing to pause with");
}
