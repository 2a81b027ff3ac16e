//! Loads that their task has left behind, and whose keys it then awaits.

use std::pin::pin;
use std::time::Duration;

use cached_attr::cached;
use cached_attr_tests::{Source, Stepped};
use futures_util::stream::{self, FuturesUnordered, StreamExt as _};
use tokio::time::sleep;

use crate::in_time;

const MILLISECOND: Duration = Duration::from_millis(1);

#[cached(ttl = "1m", skip(source))]
async fn slow(source: &Source, id: u32) -> u32 {
    source.ask_for(10 * MILLISECOND).await + id
}

#[tokio::test(start_paused = true)]
async fn a_call_left_behind_by_select_does_not_hold_up_the_next_one_of_its_key() {
    let source = Source::new();
    let mut call = pin!(slow(&source, 100));
    tokio::select! {
        biased;
        _ = &mut call => unreachable!("it takes ten milliseconds"),
        () = sleep(MILLISECOND) => {}
    }
    assert_eq!(in_time(slow(&source, 100)).await, 102);
    assert_eq!(call.await, 101, "the first call goes on when it is polled");
}

#[tokio::test(start_paused = true)]
async fn neither_does_one_whose_wake_came_before_the_next_call() {
    let source = Source::new();
    let call = Stepped::begin(slow(&source, 200)).await;
    sleep(20 * MILLISECOND).await;
    assert_eq!(in_time(slow(&source, 200)).await, 202);
    assert_eq!(call.finish().await, 201);
}

#[tokio::test(start_paused = true)]
async fn the_body_of_a_buffered_loop_may_await_a_key_that_is_in_the_buffer() {
    let source = Source::new();
    let calls = (300..303).map(|id| slow(&source, id));
    let mut calls = pin!(stream::iter(calls).buffered(3));
    let mut seen = 0;
    while let Some(answer) = in_time(calls.next()).await {
        assert_eq!(answer, 301 + 2 * seen, "in order");
        if seen == 0 {
            // Of the three calls the buffer polls none meanwhile.
            assert_eq!(in_time(slow(&source, 302)).await, 302 + 4);
        }
        seen += 1;
    }
    assert_eq!((seen, source.asked()), (3, 4));
}

#[tokio::test(start_paused = true)]
async fn nor_need_the_key_be_in_the_buffer_before_its_wake() {
    let source = Source::new();
    let calls = [410, 420].map(|id| slow(&source, id));
    let mut calls = FuturesUnordered::from_iter(calls);
    assert_eq!(in_time(calls.next()).await, Some(411));
    // Both were woken; the second was not polled since.
    sleep(MILLISECOND).await;
    assert_eq!(in_time(slow(&source, 420)).await, 423);
    assert_eq!(in_time(calls.next()).await, Some(422));
}

#[tokio::test(start_paused = true)]
async fn a_load_that_waits_for_one_left_behind_holds_up_nobody_either() {
    #[cached(ttl = "1m", skip(source))]
    async fn above(source: &Source) -> u32 {
        slow(source, 500).await * 10
    }

    let source = Source::new();
    let below = Stepped::begin(slow(&source, 500)).await;
    let outer = Stepped::begin(above(&source)).await;
    assert_eq!(in_time(above(&source)).await, 5020);
    assert_eq!((below.finish().await, outer.finish().await), (501, 5010));
}

#[tokio::test(start_paused = true)]
async fn what_is_run_beside_a_load_left_behind_is_not_stored() {
    let source = Source::new();
    let call = Stepped::begin(slow(&source, 600)).await;
    assert_eq!(in_time(slow(&source, 600)).await, 602);
    assert_eq!(slow_cache().get(600).await, None);
    assert_eq!(call.finish().await, 601);
    assert_eq!(slow(&source, 600).await, 601, "that of the load is");
}

#[tokio::test(start_paused = true)]
async fn a_load_of_another_task_that_comes_to_wait_for_one_left_behind_holds_up_nobody() {
    static SOURCE: Source = Source::new();

    #[cached(ttl = "1m")]
    async fn late() -> u32 {
        sleep(100 * MILLISECOND).await;
        slow(&SOURCE, 700).await
    }

    let elsewhere = tokio::spawn(late());
    tokio::task::yield_now().await;
    let call = Stepped::begin(slow(&SOURCE, 700)).await;
    // The load left behind is woken after 10 ms; the load elsewhere awaits it after 100 ms.
    assert_eq!(in_time(late()).await, 702);
    assert_eq!(call.finish().await, 701);
    assert_eq!(elsewhere.await.expect("nobody panics"), 701);
}
