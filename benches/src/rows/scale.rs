//! Hits among few entries and among a million, asked for at random.

use std::sync::Arc;

use crate::contest::{Contender, roomy};
use crate::keys::{Dice, Keys};
use crate::place::Wide;
use crate::rounds::{Lane, medians};
use crate::table::{Column, Row};

const ROUNDS: usize = 51;

/// A row for each number of entries.
#[must_use]
pub fn rows() -> Vec<Row> {
    // Six are enough, and a million entries each is what a small machine holds.
    let contenders: Vec<Contender> = roomy::<Wide>()
        .into_iter()
        .filter(|one| {
            !matches!(
                one.column,
                Column::MokaGetWith | Column::MokaSync | Column::PapayaClock
            )
        })
        .collect();
    let sizes = [
        (100, "10²"),
        (1_000, "10³"),
        (10_000, "10⁴"),
        (100_000, "10⁵"),
        (1_000_000, "10⁶"),
    ];
    let keys = Arc::new(Keys::new(1_000_000));
    let mut held = 0;
    let mut rows = Vec::new();
    for (entries, shown) in sizes {
        let new: Vec<usize> = (held..entries).collect();
        for contender in &contenders {
            (contender.calls)(&keys, &new, new.len());
        }
        held = entries;
        let label = format!("hit among {shown} entries, ns");
        rows.push(Row::new(label, 0, times(&contenders, &keys, entries)));
    }
    rows
}

fn times(contenders: &[Contender], keys: &Arc<Keys>, entries: usize) -> Vec<(Column, f64)> {
    let lanes = contenders.iter().map(|&contender| -> Lane {
        let keys = Arc::clone(keys);
        let mut dice = Dice(2);
        let run = move |count| {
            let walk: Vec<usize> = (0..count).map(|_| dice.below(entries)).collect();
            (contender.timed)(&keys, &walk, count)
        };
        (contender.column, Box::new(run))
    });
    medians(lanes.collect(), ROUNDS)
}
