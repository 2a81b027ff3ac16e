//! Hits of a function with `stale_while_revalidate`: fresh, stale with a load to begin, stale while that load runs.

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use cached_attr::cached;
use tokio::sync::Notify;

use crate::way::drive;

/// What callgrind counts: everything inside of this function, and nothing else.
pub const CALLER: &str = "*stale::call*";

/// Ends a load that is not to end by itself.
static END: Notify = Notify::const_new();

const NAME: &str = "a name of twenty b..";

#[cached(ttl = "1h", stale_while_revalidate = "1h", skip(ends))]
async fn text(name: &str, number: u32, ends: bool) -> Arc<str> {
    let _ = number;
    if !ends {
        END.notified().await;
    }
    Arc::from(name)
}

/// A caller's part of one call, which is answered at once.
#[inline(never)]
fn call(ends: bool) {
    let call = pin!(text(black_box(NAME), black_box(7), ends));
    let mut cx = Context::from_waker(Waker::noop());
    let _ = black_box(call.poll(&mut cx));
}

/// How many loads the hits have begun in the background, and how many stale ones there were.
#[must_use]
pub fn begun() -> (u64, u64) {
    let stats = text_cache().stats();
    (stats.refreshes, stats.stale)
}

/// So many fresh hits.
pub fn fresh(count: usize) {
    drive(async {
        text(NAME, 7, true).await;
        (0..count).for_each(|_| call(true));
    });
}

/// So many stale hits, each of which begins a load. The loads run between them.
pub fn beginning_a_load(count: usize) {
    drive(async {
        text(NAME, 7, true).await;
        for _ in 0..count {
            stale().await;
            call(true);
            tokio::task::yield_now().await;
        }
    });
}

/// So many stale hits while a load runs.
pub fn while_a_load_runs(count: usize) {
    drive(async {
        text(NAME, 7, true).await;
        stale().await;
        (0..count).for_each(|_| call(false));
    });
}

/// Nanoseconds of a fresh hit, of a stale one that begins a load, and of one while a load runs: the fastest of some rounds.
#[must_use]
pub fn nanos() -> [f64; 3] {
    const ROUNDS: usize = 2000;
    let mut fastest = [f64::INFINITY; 3];
    drive(async {
        text(NAME, 7, true).await;
        for _ in 0..ROUNDS {
            let took = [timed(true), stale_and_timed(true).await, {
                stale().await;
                call(false);
                timed(false)
            }];
            END.notify_one();
            tokio::task::yield_now().await;
            for (fastest, took) in fastest.iter_mut().zip(took) {
                *fastest = fastest.min(took);
            }
        }
    });
    fastest
}

async fn stale_and_timed(ends: bool) -> f64 {
    stale().await;
    let took = timed(ends);
    tokio::task::yield_now().await;
    took
}

fn timed(ends: bool) -> f64 {
    let start = Instant::now();
    call(ends);
    let took: Duration = start.elapsed();
    took.as_secs_f64() * 1e9
}

async fn stale() {
    text_cache().expire((NAME, 7)).await;
}
