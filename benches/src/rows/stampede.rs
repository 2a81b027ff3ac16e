//! Ten thousand tasks that want one key nobody has.

use std::sync::atomic::Ordering;
use std::time::Instant;

use crate::place::{Awaited, LOADS};
use crate::table::{Column, Row};
use crate::way::Way;
use crate::ways::cached_crate::{Cached, Concurrent};
use crate::ways::{cached_attr, moka_future, quick_cache};

const TASKS: usize = 10_000;

/// Loads, and how long it took until everybody had the answer.
struct Outcome {
    column: Column,
    loads: f64,
    millis: f64,
}

fn rush<W: Way<Awaited> + 'static>() -> Outcome {
    let before = LOADS.load(Ordering::Relaxed);
    let start = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime needs a thread and no more");
    runtime.block_on(async {
        let tasks: Vec<_> = (0..TASKS)
            .map(|_| tokio::spawn(W::call("cold", 0)))
            .collect();
        for task in tasks {
            task.await.expect("a call does not panic");
        }
    });
    Outcome {
        column: W::COLUMN,
        loads: (LOADS.load(Ordering::Relaxed) - before) as f64,
        millis: start.elapsed().as_secs_f64() * 1e3,
    }
}

/// Loads and time, a row each.
#[must_use]
pub fn rows() -> Vec<Row> {
    let all = [
        rush::<cached_attr::CachedAttr>(),
        rush::<Concurrent>(),
        rush::<Cached>(),
        rush::<moka_future::Get>(),
        rush::<moka_future::GetWith>(),
        rush::<quick_cache::Get>(),
    ];
    let row = |label: &str, number: fn(&Outcome) -> f64| {
        let cells = all.iter().map(|one| (one.column, number(one))).collect();
        Row::new(label, 0, cells)
    };
    vec![
        row("10 000 tasks, one cold key: loads", |one| one.loads),
        row("the same: ms until all have a load of 20 ms", |one| {
            one.millis
        }),
    ]
}
