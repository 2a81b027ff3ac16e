//! Misses whose load is there at once: what remembering costs when it does not pay.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::nanos_each;
use crate::contest::limited;
use crate::keys::Keys;
use crate::place::Missed;
use crate::rounds::{Lane, medians};
use crate::table::Row;

const CALLS: usize = 4_000;
const ROUNDS: usize = 25;

/// One row.
#[must_use]
pub fn rows() -> Vec<Row> {
    let keys = Arc::new(Keys::new((ROUNDS + 8) * CALLS));
    let lanes = limited::<Missed>().into_iter().map(|contender| -> Lane {
        let (keys, next) = (Arc::clone(&keys), AtomicUsize::new(0));
        let run = move || {
            let first = next.fetch_add(CALLS, Ordering::Relaxed);
            let walk: Vec<usize> = (first..first + CALLS).collect();
            nanos_each(CALLS, || (contender.calls)(&keys, &walk, CALLS))
        };
        // The cache is full before the first round: whoever comes in puts somebody out.
        for _ in 0..4 {
            run();
        }
        (contender.column, Box::new(run))
    });
    vec![Row::new(
        "miss, immediate load, full cache, ns",
        0,
        medians(lanes.collect(), ROUNDS),
    )]
}
