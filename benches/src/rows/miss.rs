//! Misses whose load is there at once: what remembering costs when it does not pay.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::contest::{Contender, limited};
use crate::keys::Keys;
use crate::place::{Growing, Missed};
use crate::rounds::{Lane, medians};
use crate::table::Row;

/// More than the cache holds, and than all rounds ask for.
const FILL: usize = 20_000;
const KEYS: usize = 1_000_000;
const ROUNDS: usize = 151;

/// One with room for all, and one in a full cache.
#[must_use]
pub fn rows() -> Vec<Row> {
    let below_half = limited::<Growing>();
    vec![
        row("miss, immediate load, below half, ns", below_half),
        row("miss, immediate load, full cache, ns", limited::<Missed>()),
    ]
}

fn row(label: &str, contenders: Vec<Contender>) -> Row {
    let keys = Arc::new(Keys::new(KEYS));
    let lanes = contenders.into_iter().map(|contender| -> Lane {
        let (keys, next) = (Arc::clone(&keys), AtomicUsize::new(0));
        let run = move |count| {
            let first = next.fetch_add(count, Ordering::Relaxed);
            let walk: Vec<usize> = (first..first + count).map(|key| key % KEYS).collect();
            (contender.timed)(&keys, &walk, count)
        };
        // The smaller cache is full before the first round: whoever comes in puts somebody out.
        run(FILL);
        (contender.column, Box::new(run))
    });
    Row::new(label, 0, medians(lanes.collect(), ROUNDS))
}
