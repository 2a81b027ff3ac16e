//! Functions without arguments.

use super::nanos_each;
use crate::rounds::{Lane, medians};
use crate::table::Row;
use crate::way::{SlotWay, drive, slot_calls};
use crate::ways::slot::{CachedAttr, Moka, Once};

const CALLS: usize = 40_000;
const ROUNDS: usize = 25;

fn lane<W: SlotWay>() -> Lane {
    let run = || nanos_each(CALLS, || drive(slot_calls::<W>(CALLS)));
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
