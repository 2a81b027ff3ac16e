//! I5: age is the larger of what two clocks say. Moving the wall clock is felt by all caches of a process, so
//! these tests have one of their own, and run one after another.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

use std::time::Duration;

use cached_attr::cached;
use cached_attr::testing::{step_wall_clock, step_wall_clock_back};
use cached_attr_tests::{Gate, Source, Stepped};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::advance;

const SECOND: Duration = Duration::from_secs(1);

async fn alone() -> MutexGuard<'static, ()> {
    static CLOCK: Mutex<()> = Mutex::const_new(());
    CLOCK.lock().await
}

macro_rules! price {
    ($name:ident) => {
        #[cached(ttl = "1m", skip(source))]
        async fn $name(source: &Source) -> u32 {
            source.ask()
        }
    };
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_was_frozen_does_not_give_old_answers() {
    let _alone = alone().await;
    price!(price);
    let source = Source::new();
    price(&source).await;
    step_wall_clock(59 * SECOND);
    assert_eq!(price(&source).await, 1);
    assert_eq!(price_cache().age(()), Some(59 * SECOND));
    step_wall_clock(SECOND);
    assert_eq!(price(&source).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_wall_clock_set_back_lengthens_no_life() {
    let _alone = alone().await;
    price!(price);
    let source = Source::new();
    price(&source).await;
    step_wall_clock_back(3600 * SECOND);
    assert_eq!(price(&source).await, 1, "nor does it end one");
    assert_eq!(price_cache().age(()), Some(Duration::ZERO));
    advance(59 * SECOND).await;
    assert_eq!(price(&source).await, 1);
    advance(SECOND).await;
    assert_eq!(price(&source).await, 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_loaded_after_a_step_back_lives_its_whole_life() {
    let _alone = alone().await;
    price!(price);
    let source = Source::new();
    step_wall_clock_back(3600 * SECOND);
    price(&source).await;
    advance(59 * SECOND).await;
    assert_eq!(price(&source).await, 1);
    advance(SECOND).await;
    assert_eq!(price(&source).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_freeze_during_a_load_counts_for_its_answer() {
    #[cached(ttl = "1m", skip(source, gate))]
    async fn slow(source: &Source, gate: &Gate) -> u32 {
        let answer = source.ask();
        gate.pass().await;
        answer
    }

    let _alone = alone().await;
    let (source, gate) = (Source::new(), Gate::new());
    let load = Stepped::begin(slow(&source, &gate)).await;
    step_wall_clock(120 * SECOND);
    gate.open();
    assert_eq!(load.finish().await, 1);
    assert_eq!(slow(&source, &gate).await, 2);
}

#[tokio::test(start_paused = true)]
async fn both_clocks_count_from_where_they_are_and_do_not_add_up() {
    let _alone = alone().await;
    price!(price);
    let source = Source::new();
    price(&source).await;
    // The wall clock moves along with tokio's, and 20 s more.
    advance(30 * SECOND).await;
    step_wall_clock(20 * SECOND);
    assert_eq!(price_cache().age(()), Some(50 * SECOND));
    step_wall_clock_back(40 * SECOND);
    assert_eq!(price_cache().age(()), Some(30 * SECOND));
    assert_eq!(price(&source).await, 1);
}

#[tokio::test]
async fn time_that_is_not_paused_passes_as_well() {
    #[cached(ttl = "30ms", skip(source))]
    async fn short(source: &Source) -> u32 {
        source.ask()
    }

    let _alone = alone().await;
    let source = Source::new();
    let began = std::time::Instant::now();
    short(&source).await;
    let again = short(&source).await;
    assert!(again == 1 || began.elapsed() >= Duration::from_millis(30));
    std::thread::sleep(Duration::from_millis(31));
    assert_eq!(short(&source).await, again + 1);
}
