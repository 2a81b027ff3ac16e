//! What an entry costs in bytes, its key of 20 bytes and its value of 64 included.

use crate::contest::{Contender, limited, roomy};
use crate::heap;
use crate::keys::Keys;
use crate::place::{Filled, Sparse};
use crate::table::{Column, Row};

const ENTRIES: usize = 100_000;

/// Bytes of heap for each entry after filling one contender's empty cache, and the time to fill it not counted.
#[must_use]
pub fn bytes_per_entry(contender: Contender) -> f64 {
    let keys = Keys::new(ENTRIES);
    let walk: Vec<usize> = (0..ENTRIES).collect();
    let ((), used) = heap::count(|| (contender.calls)(&keys, &walk, ENTRIES));
    used.kept as f64 / ENTRIES as f64
}

/// In a full cache those with a limit, and the bare map; below half of the capacity those with a limit.
#[must_use]
pub fn rows() -> Vec<Row> {
    let bare = roomy::<Filled>()
        .into_iter()
        .filter(|one| matches!(one.column, Column::Papaya | Column::PapayaClock));
    let row = |label, contenders: Vec<Contender>| {
        let cells = contenders
            .into_iter()
            .map(|one| (one.column, bytes_per_entry(one)));
        Row::new(label, 0, cells.collect())
    };
    let full = limited::<Filled>().into_iter().chain(bare).collect();
    vec![
        row(
            "bytes per entry, below half (key 20, value 64)",
            limited::<Sparse>(),
        ),
        row("bytes per entry, full cache (key 20, value 64)", full),
    ]
}
