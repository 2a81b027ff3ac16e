//! A way to remember, and the loops that drive it.

use std::future::Future;
use std::hint::black_box;
use std::time::Instant;

use crate::keys::Keys;
use crate::place::Place;
use crate::table::Column;

/// One contender's function over one place.
pub trait Way<P: Place> {
    /// Where its numbers stand.
    const COLUMN: Column;

    /// The call that is measured: an async function of a text and a number.
    fn call(name: &str, number: u32) -> impl Future<Output = P::Value> + Send;
}

/// One contender's function without arguments.
pub trait SlotWay {
    /// Where its numbers stand.
    const COLUMN: Column;

    /// The call that is measured.
    fn call() -> impl Future<Output = std::sync::Arc<str>> + Send;
}

/// Drives a future on this thread. Nobody pays for tokio's cooperative yields: they come once in 128 locks,
/// and a service has a fresh budget with each request.
///
/// # Panics
///
/// Where a runtime cannot be made.
pub fn drive<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime needs a thread and no more")
        .block_on(tokio::task::unconstrained(future))
}

/// Nanoseconds that each of `count` pieces of work took.
#[allow(clippy::cast_precision_loss, reason = "few calls")]
pub async fn nanos_each(count: usize, work: impl Future<Output = ()>) -> f64 {
    let start = Instant::now();
    work.await;
    start.elapsed().as_secs_f64() * 1e9 / count as f64
}

/// Calls with these entries' keys, one after another, over and over.
pub async fn calls<W: Way<P>, P: Place>(keys: &Keys, walk: &[usize], count: usize) {
    for &entry in walk.iter().cycle().take(count) {
        let (name, number) = keys.at(entry);
        black_box(W::call(black_box(name), black_box(number)).await);
    }
}

/// Calls a function without arguments.
pub async fn slot_calls<W: SlotWay>(count: usize) {
    for _ in 0..count {
        black_box(W::call().await);
    }
}
