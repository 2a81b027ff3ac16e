//! Callers who want no old answer are told the error.

use std::time::Duration;

use cached_attr::{CacheControlExt as _, cached};
use cached_attr_tests::{Gate, Stepped};
use tokio::time::advance;

use crate::{Fault, SECOND, Shop};

#[cached(ttl = "1m", stale_if_error = "1h", refresh = force, bypass = away, skip(shop, gate, force, away))]
async fn price(shop: &Shop, gate: &Gate, id: u32, force: bool, away: bool) -> Result<u32, Fault> {
    gate.pass().await;
    shop.ask().map(|answer| answer + id)
}

#[tokio::test(start_paused = true)]
async fn strict_callers_get_the_error_and_leave_the_old_answer_to_others() {
    let (shop, open) = (Shop::new(), Gate::opened());
    let plain = || price(&shop, &open, 10, false, false);
    assert_eq!(plain().await, Ok(11));
    shop.becomes(Fault::Down);
    advance(100 * SECOND).await;
    let strict = [
        plain().max_age(Duration::ZERO).await,
        plain().max_age(30 * SECOND).await,
        plain().no_cache().await,
        plain().no_store().await,
        price(&shop, &open, 10, true, false).await,
        price(&shop, &open, 10, false, true).await,
    ];
    assert_eq!(strict, [const { Err(Fault::Down) }; 6]);
    assert_eq!(shop.asked(), 7, "each asked for itself");
    assert_eq!(plain().await, Ok(11));
}

#[tokio::test(start_paused = true)]
async fn a_lax_caller_who_joined_a_strict_load_is_served_the_old_answer_alone() {
    let (shop, open, gate) = (Shop::new(), Gate::opened(), Gate::new());
    assert_eq!(price(&shop, &open, 20, false, false).await, Ok(21));
    shop.becomes(Fault::Down);
    advance(60 * SECOND).await;
    let strict = Stepped::begin(price(&shop, &gate, 20, false, false).no_cache()).await;
    let lax = Stepped::begin(price(&shop, &gate, 20, false, false)).await;
    gate.open();
    assert_eq!(strict.finish().await, Err(Fault::Down));
    assert_eq!(lax.finish().await, Ok(21));
    assert_eq!(shop.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_fresh_answer_too_old_for_a_strict_caller_does_not_stand_in_for_it() {
    let (shop, open) = (Shop::new(), Gate::opened());
    let plain = || price(&shop, &open, 30, false, false);
    assert_eq!(plain().await, Ok(31));
    shop.becomes(Fault::Down);
    advance(20 * SECOND).await;
    assert_eq!(plain().max_age(10 * SECOND).await, Err(Fault::Down));
    assert_eq!(plain().max_age(30 * SECOND).await, Ok(31), "young enough");
    assert_eq!(plain().await, Ok(31));
    assert_eq!(shop.asked(), 2);
}
