//! Functions without arguments.

use crate::rounds::{Lane, medians};
use crate::table::Row;
use crate::way::{SlotWay, drive, nanos_each, slot_calls};
use crate::ways::slot::{CachedAttr, Moka, Once};

const ROUNDS: usize = 151;

fn lane<W: SlotWay>() -> Lane {
    let run = |count| drive(nanos_each(count, slot_calls::<W>(count)));
    (W::COLUMN, Box::new(run))
}

/// One row.
#[must_use]
pub fn rows() -> Vec<Row> {
    let lanes = vec![lane::<CachedAttr>(), lane::<Once>(), lane::<Moka>()];
    vec![Row::new(
        "hit without arguments (`cached`: `#[once]`), ns",
        0,
        medians(lanes, ROUNDS),
    )]
}
