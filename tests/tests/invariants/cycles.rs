//! I4: a wait that would close a cycle of loads runs the body instead.

use std::time::Duration;

use cached_attr::cached;
use cached_attr_tests::Source;
use tokio::time::timeout;

/// With time paused, whoever waits for nothing that moves reaches this at once.
async fn in_time<T>(future: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(3600), future)
        .await
        .expect("a cycle of waiting loads is broken")
}

static OWN: Source = Source::new();

#[cached(ttl = "1m")]
async fn own(id: u32) -> u32 {
    if OWN.ask() < 4 {
        Box::pin(own(id)).await + 1
    } else {
        10
    }
}

#[tokio::test(start_paused = true)]
async fn a_load_that_awaits_its_own_key_runs_its_body() {
    assert_eq!(in_time(own(1)).await, 13);
    assert_eq!(in_time(own(1)).await, 13, "the outermost answer is stored");
    assert_eq!(OWN.asked(), 4);
}

static ASKED: [Source; 3] = [const { Source::new() }; 3];

/// Each needs its neighbour, once.
#[cached(ttl = "1m")]
async fn ring(id: usize, size: usize) -> usize {
    let first = ASKED[id].ask() == 1;
    tokio::time::sleep(Duration::from_millis(10)).await;
    if first {
        Box::pin(ring((id + 1) % size, size)).await + 1
    } else {
        0
    }
}

#[tokio::test(start_paused = true)]
async fn two_loads_that_await_each_others_keys_both_end() {
    static CROSSED: [Source; 2] = [const { Source::new() }; 2];

    #[cached(ttl = "1m")]
    async fn crossed(id: usize) -> usize {
        let first = CROSSED[id].ask() == 1;
        tokio::task::yield_now().await;
        if first {
            Box::pin(crossed(1 - id)).await + 1
        } else {
            0
        }
    }

    let (zero, one) = in_time(async { tokio::join!(crossed(0), crossed(1)) }).await;
    assert!(zero + one >= 1, "{zero} {one}");
    let loads = CROSSED[0].asked() + CROSSED[1].asked();
    assert!((2..=4).contains(&loads), "{loads}");
}

#[tokio::test(start_paused = true)]
async fn three_loads_in_a_ring_all_end() {
    let answers = in_time(async { tokio::join!(ring(0, 3), ring(1, 3), ring(2, 3)) }).await;
    assert!(answers.0 + answers.1 + answers.2 >= 1, "{answers:?}");
}

#[tokio::test(start_paused = true)]
async fn loads_in_tasks_of_their_own_that_await_each_other_end() {
    static APART: [Source; 2] = [const { Source::new() }; 2];

    #[cached(ttl = "1m")]
    async fn apart(id: usize) -> usize {
        let first = APART[id].ask() == 1;
        tokio::time::sleep(Duration::from_millis(10)).await;
        if first {
            Box::pin(apart(1 - id)).await + 1
        } else {
            0
        }
    }

    let zero = tokio::spawn(async { apart(0).await });
    let one = tokio::spawn(async { apart(1).await });
    in_time(async { tokio::join!(zero, one) })
        .await
        .0
        .expect("no panic");
}

static LEFT: Source = Source::new();
static RIGHT: Source = Source::new();

#[cached(ttl = "1m")]
async fn left() -> u32 {
    let first = LEFT.ask() == 1;
    tokio::task::yield_now().await;
    if first {
        Box::pin(right()).await + 1
    } else {
        0
    }
}

#[cached(ttl = "1m")]
async fn right() -> u32 {
    let first = RIGHT.ask() == 1;
    tokio::task::yield_now().await;
    if first { Box::pin(left()).await + 1 } else { 0 }
}

#[tokio::test(start_paused = true)]
async fn two_functions_that_await_each_other_end() {
    in_time(async { tokio::join!(left(), right()) }).await;
}

#[tokio::test(start_paused = true)]
async fn a_cycle_through_two_branches_of_one_load_ends() {
    static FORKED: [Source; 3] = [const { Source::new() }; 3];

    #[cached(ttl = "1m")]
    async fn forked(id: usize) -> usize {
        let first = FORKED[id].ask() == 1;
        tokio::task::yield_now().await;
        if !first {
            return 0;
        }
        let (a, b) = tokio::join!(
            Box::pin(forked((id + 1) % 3)),
            Box::pin(forked((id + 2) % 3))
        );
        a + b + 1
    }

    in_time(async { tokio::join!(forked(0), forked(1), forked(2)) }).await;
}

#[tokio::test(start_paused = true)]
async fn nested_loads_without_a_cycle_are_shared_as_usual() {
    static SHARED: Source = Source::new();

    #[cached(ttl = "1m")]
    async fn base() -> u32 {
        SHARED.ask_for(Duration::from_secs(1)).await
    }

    #[cached(ttl = "1m")]
    async fn above(id: u32) -> u32 {
        base().await + id
    }

    let (a, b, c) = in_time(async { tokio::join!(above(10), above(20), base()) }).await;
    assert_eq!((a, b, c), (11, 21, 1));
    assert_eq!(SHARED.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_breaks_a_cycle_counts_as_a_load() {
    #[cached(ttl = "1m", skip(source))]
    async fn own(source: &Source) -> u32 {
        if source.ask() == 1 {
            Box::pin(own(source)).await
        } else {
            7
        }
    }

    let source = Source::new();
    assert_eq!(own(&source).await, 7);
    let stats = own_cache().stats();
    assert_eq!((stats.misses, stats.loads), (2, 2));
}
