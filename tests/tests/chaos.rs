//! Everything at once on four threads for two seconds: no stale answer, no panic, nobody hangs.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cached_attr::{CacheControlExt as _, cached};
use cached_attr_tests::Dice;
use tokio::sync::Mutex;
use tokio::task::{JoinSet, yield_now};
use tokio::time::timeout;

const KEYS: usize = 6;
const RUN: Duration = Duration::from_secs(2);

/// One key's truth, and what every answer must at least be from now on.
struct Cell {
    truth: AtomicU64,
    floor: AtomicU64,
    writer: Mutex<()>,
}

static CELLS: [Cell; KEYS] = [const {
    Cell {
        truth: AtomicU64::new(1),
        floor: AtomicU64::new(0),
        writer: Mutex::const_new(()),
    }
}; KEYS];

#[derive(Debug)]
struct Down;

#[cached(ttl = "50ms", capacity = 4)]
async fn read(key: usize) -> Result<u64, Down> {
    let truth = CELLS[key].truth.load(Ordering::SeqCst);
    for _ in 0..truth % 6 {
        yield_now().await;
    }
    if truth.is_multiple_of(13) {
        Err(Down)
    } else {
        Ok(truth)
    }
}

/// The same truths through another cached function.
#[cached(ttl = 0)]
async fn through(key: usize) -> Result<u64, Down> {
    read(key).await
}

async fn check(key: usize, dice: &mut Dice) {
    let floor = CELLS[key].floor.load(Ordering::SeqCst);
    let call = async {
        match dice.below(8) {
            0 => read(key).no_cache().await,
            1 => read(key).max_age(Duration::from_millis(3)).await,
            2 => read(key).no_store().await,
            3 => through(key).await,
            _ => read(key).await,
        }
    };
    if let Ok(answer) = call.await {
        assert!(
            answer >= floor,
            "key {key}: {answer} after {floor} was announced"
        );
    }
}

async fn write(key: usize, dice: &mut Dice) {
    let cell = &CELLS[key];
    let _one_writer = cell.writer.lock().await;
    let next = cell.truth.load(Ordering::SeqCst) + 1;
    let cache = read_cache();
    match dice.below(6) {
        0 => {
            cell.truth.store(next, Ordering::SeqCst);
            cache.insert(key, next).await;
        }
        1 => {
            let guard = cache.write(key).await;
            yield_now().await;
            cell.truth.store(next, Ordering::SeqCst);
            yield_now().await;
            guard.commit().await;
        }
        2 => {
            cell.truth.store(next, Ordering::SeqCst);
            cache.expire(key).await;
        }
        3 => {
            cell.truth.store(next, Ordering::SeqCst);
            cache.invalidate_all().await;
        }
        _ => {
            cell.truth.store(next, Ordering::SeqCst);
            cache.invalidate(key).await;
        }
    }
    cell.floor.store(next, Ordering::SeqCst);
}

/// Calls that are dropped after a few polls.
async fn cancel(key: usize, dice: &mut Dice) {
    let mut polls = dice.below(4);
    let mut call = std::pin::pin!(read(key));
    std::future::poll_fn(|cx| {
        polls = polls.saturating_sub(1);
        if call.as_mut().poll(cx).is_ready() || polls == 0 {
            return std::task::Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

async fn act(seed: u64, until: Instant, calls: Arc<AtomicU64>) {
    let mut dice = Dice::new(seed);
    while Instant::now() < until {
        let key = dice.below(6) as usize;
        match dice.below(20) {
            0..14 => check(key, &mut dice).await,
            14..17 => cancel(key, &mut dice).await,
            17 => yield_now().await,
            _ => write(key, &mut dice).await,
        }
        calls.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_writers_and_cancelled_calls_see_nothing_stale_and_nobody_hangs() {
    let calls = Arc::new(AtomicU64::new(0));
    let until = Instant::now() + RUN;
    let mut actors = JoinSet::new();
    for seed in 0..24 {
        actors.spawn(act(seed, until, Arc::clone(&calls)));
    }
    let ended = timeout(Duration::from_secs(60), async {
        while let Some(actor) = actors.join_next().await {
            actor.expect("nobody reads anything stale, nobody panics");
        }
    });
    ended.await.expect("nobody hangs");

    let stats = read_cache().stats();
    assert!(calls.load(Ordering::Relaxed) > 1000, "{calls:?}");
    assert!(
        stats.hits > 0 && stats.superseded > 0 && stats.collapsed > 0,
        "{stats:?}"
    );
    assert!(read_cache().len() <= 4 + 64);
    for (key, cell) in CELLS.iter().enumerate() {
        let last = timeout(Duration::from_secs(10), read(key))
            .await
            .expect("every key is loadable");
        let truth = cell.truth.load(Ordering::SeqCst);
        assert!(last.is_err() || last.is_ok_and(|last| last == truth));
    }
}
