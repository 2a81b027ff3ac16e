//! Hits: on one thread and on several at once, of several values.

use std::sync::{Arc, Barrier};
use std::thread;

use crate::contest::{Contender, HOT, hot_walk, limited, roomy};
use crate::keys::Keys;
use crate::place::{Crowded, Hot};
use crate::rounds::{Lane, medians};
use crate::table::{Column, Row};

const ROUNDS: usize = 151;

/// One value or one number of threads each.
#[must_use]
pub fn rows() -> Vec<Row> {
    let shared = roomy::<Hot<Arc<str>>>();
    let mut rows = Vec::new();
    for threads in [1, 2, 4] {
        let label = if threads == 1 {
            "hit, `Arc<str>` of 64 bytes, ns".to_owned()
        } else {
            format!("hit, {threads} threads at once, ns each")
        };
        rows.push(Row::new(label, 0, times(&shared, threads)));
    }
    let crowded = limited::<Crowded>();
    rows.push(Row::new(
        "hit, cache two thirds full, ns",
        0,
        times(&crowded, 1),
    ));
    let owned = roomy::<Hot<String>>();
    rows.push(Row::new(
        "hit, `String` of 64 bytes, ns",
        0,
        times(&owned, 1),
    ));
    let large = roomy::<Hot<Arc<[u8]>>>();
    rows.push(Row::new(
        "hit, `Arc<[u8]>` of 64 KiB, ns",
        0,
        times(&large, 1),
    ));
    rows
}

fn times(contenders: &[Contender], threads: usize) -> Vec<(Column, f64)> {
    let keys = Arc::new(Keys::new(HOT));
    let walk = Arc::new(hot_walk());
    let lanes = contenders.iter().map(|&contender| -> Lane {
        let (keys, walk) = (Arc::clone(&keys), Arc::clone(&walk));
        (contender.calls)(&keys, &walk, HOT * 20);
        let run = move |count| run_on(threads, contender, &keys, &walk, count);
        (contender.column, Box::new(run))
    });
    medians(lanes.collect(), ROUNDS)
}

/// Nanoseconds a call on each of the threads, which start together.
fn run_on(threads: usize, contender: Contender, keys: &Keys, walk: &[usize], count: usize) -> f64 {
    if threads == 1 {
        return (contender.timed)(keys, walk, count);
    }
    let start = Barrier::new(threads);
    let times = thread::scope(|scope| {
        let each = (0..threads).map(|_| {
            scope.spawn(|| {
                start.wait();
                (contender.timed)(keys, walk, count)
            })
        });
        let each: Vec<_> = each.collect();
        each.into_iter()
            .map(|thread| thread.join().expect("a call does not panic"))
            .sum::<f64>()
    });
    times / threads as f64
}
