//! Many at once: the bars of the contract.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use cached_attr::cached;
use cached_attr_tests::Source;
use tokio::task::{JoinSet, yield_now};
use tokio::time::{Instant, sleep, timeout};

/// Far more than any of these takes: what takes longer hangs.
const LONG: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn ten_thousand_tasks_on_one_cold_key_make_one_load() {
    static SOURCE: Source = Source::new();

    #[cached(ttl = "1m")]
    async fn cold(id: u32) -> u32 {
        let _ = id;
        SOURCE.ask_for(Duration::from_secs(1)).await
    }

    let mut calls = JoinSet::new();
    for _ in 0..10_000 {
        calls.spawn(cold(7));
    }
    assert!(calls.join_all().await.iter().all(|answer| *answer == 1));
    assert_eq!(SOURCE.asked(), 1);
    let stats = cold_cache().stats();
    assert_eq!((stats.loads, stats.collapsed), (1, 9999));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_tasks_of_four_threads_make_one_load() {
    static SOURCE: Source = Source::new();

    #[cached(ttl = "1m")]
    async fn cold(id: u32) -> u32 {
        let answer = SOURCE.ask() + id;
        for _ in 0..100 {
            yield_now().await;
        }
        answer
    }

    let mut calls = JoinSet::new();
    for _ in 0..10_000 {
        calls.spawn(cold(0));
    }
    let answers = timeout(LONG, calls.join_all()).await.expect("nobody hangs");
    assert!(answers.iter().all(|answer| *answer == 1));
    assert_eq!((answers.len(), SOURCE.asked()), (10_000, 1));
}

#[tokio::test(start_paused = true)]
async fn a_thousand_cold_keys_of_one_second_each_take_a_second() {
    #[cached(ttl = "1m")]
    async fn cold(id: u32) -> u32 {
        sleep(Duration::from_secs(1)).await;
        id
    }

    let began = Instant::now();
    let mut calls = JoinSet::new();
    for id in 0..1000 {
        calls.spawn(cold(id));
    }
    assert_eq!(calls.join_all().await.len(), 1000);
    assert!(
        began.elapsed() < Duration::from_millis(1100),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(cold_cache().stats().loads, 1000);
}

/// What the source holds, and what every answer must at least be.
static TRUTH: AtomicU64 = AtomicU64::new(0);
static FLOOR: AtomicU64 = AtomicU64::new(0);
static OVER: AtomicBool = AtomicBool::new(false);
static READS: AtomicU64 = AtomicU64::new(0);

#[cached(ttl = "1h")]
async fn raced() -> u64 {
    let truth = TRUTH.load(Ordering::SeqCst);
    for _ in 0..5 {
        yield_now().await;
    }
    truth
}

async fn reader() -> u64 {
    let mut reads = 0;
    while !OVER.load(Ordering::SeqCst) {
        let floor = FLOOR.load(Ordering::SeqCst);
        let answer = raced().await;
        assert!(
            answer >= floor,
            "stale: {answer} after {floor} was invalidated"
        );
        reads += 1;
        READS.fetch_add(1, Ordering::Relaxed);
        if reads % 16 == 0 {
            yield_now().await;
        }
    }
    reads
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_against_three_thousand_invalidations_read_nothing_stale() {
    let mut readers = JoinSet::new();
    for _ in 0..8 {
        readers.spawn(reader());
    }
    let racing = async {
        let mut written = 0;
        // On a machine that gives the readers little time the race goes on until they have read enough.
        while written < 3000
            || raced_cache().stats().superseded < 300
            || READS.load(Ordering::Relaxed) <= 1000
        {
            written += 1;
            TRUTH.store(written, Ordering::SeqCst);
            raced_cache().invalidate(()).await;
            FLOOR.store(written, Ordering::SeqCst);
            for _ in 0..written % 8 {
                yield_now().await;
            }
        }
    };
    let in_time = timeout(LONG, racing).await;
    OVER.store(true, Ordering::SeqCst);
    let reads: u64 = timeout(LONG, readers.join_all())
        .await
        .expect("nobody hangs")
        .iter()
        .sum();
    assert!(
        in_time.is_ok(),
        "loads are raced: {:?}",
        raced_cache().stats()
    );
    assert!(reads > 1000, "{reads}");
    let stats = raced_cache().stats();
    assert!(stats.superseded >= 300 && stats.stored > 0, "{stats:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn leaders_cancelled_three_hundred_times_on_four_threads_leave_nobody_hanging() {
    static SOURCE: Source = Source::new();
    static LET_GO: AtomicBool = AtomicBool::new(false);

    #[cached(ttl = "1m")]
    async fn slow() -> u32 {
        let answer = SOURCE.ask();
        while !LET_GO.load(Ordering::SeqCst) {
            yield_now().await;
        }
        answer
    }

    let mut calls: Vec<_> = (0..320).map(|_| tokio::spawn(slow())).collect();
    for round in 0..300 {
        // Whoever it is: among those cancelled are many who lead.
        let call = calls.swap_remove(round * 7 % calls.len());
        call.abort();
        let _ = call.await;
    }
    LET_GO.store(true, Ordering::SeqCst);
    for call in calls {
        let answer = timeout(LONG, call)
            .await
            .expect("nobody hangs")
            .expect("nobody panics");
        assert_eq!(answer, SOURCE.asked());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rings_of_loads_on_four_threads_all_end() {
    const SIZE: usize = 4;
    static ASKED: [Source; SIZE] = [const { Source::new() }; SIZE];

    /// Each load awaits its neighbour's, as long as nobody is too deep.
    #[cached(ttl = "1m", store_if = |_| false)]
    async fn ring(id: usize) -> usize {
        yield_now().await;
        if ASKED[id].ask().is_multiple_of(5) {
            0
        } else {
            Box::pin(ring((id + 1) % SIZE)).await + 1
        }
    }

    for _ in 0..200 {
        let mut calls = JoinSet::new();
        for id in 0..SIZE {
            calls.spawn(ring(id));
            calls.spawn(ring(id));
        }
        timeout(LONG, calls.join_all()).await.expect("nobody hangs");
    }
}
