//! What an entry costs in bytes, its key of 20 bytes and its value of 64 included.

use crate::contest::{Contender, limited, roomy};
use crate::heap;
use crate::keys::Keys;
use crate::place::Filled;
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

/// One row: those with a limit, and the bare map.
#[must_use]
pub fn rows() -> Vec<Row> {
    let bare = roomy::<Filled>()
        .into_iter()
        .filter(|one| matches!(one.column, Column::Papaya | Column::PapayaClock));
    let cells = limited::<Filled>()
        .into_iter()
        .chain(bare)
        .map(|one| (one.column, bytes_per_entry(one)))
        .collect();
    vec![Row::new("bytes per entry (key 20, value 64)", 0, cells)]
}
