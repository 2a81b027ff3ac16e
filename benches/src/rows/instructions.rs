//! What can be counted exactly: allocations and instructions per hit.

use std::path::Path;

use crate::callgrind;
use crate::contest::{Contender, HOT, hits, hot_walk};
use crate::heap;
use crate::keys::Keys;
use crate::table::{Column, Row};

/// How often the allocator is called in a hit.
#[must_use]
pub fn allocations(contender: Contender) -> f64 {
    let (keys, walk) = (Keys::new(HOT), hot_walk());
    (contender.calls)(&keys, &walk, HOT * 40);
    let runs = |count| {
        let ((), used) = heap::count(|| (contender.calls)(&keys, &walk, count));
        used.calls as f64
    };
    // The difference of two runs has no runtime in it, which also allocates.
    (runs(HOT * 21) - runs(HOT)) / (HOT * 20) as f64
}

/// Instructions in a hit, by running `program` under callgrind.
#[must_use]
pub fn instructions(program: &Path, contender: Contender) -> Option<f64> {
    callgrind::each(program, &callgrind::name_of(contender.column))
}

/// Allocations, and instructions where valgrind is installed.
#[must_use]
pub fn rows() -> Vec<Row> {
    let all = hits();
    let each = |number: &dyn Fn(Contender) -> Option<f64>| -> Vec<(Column, f64)> {
        all.iter()
            .filter_map(|&one| Some((one.column, number(one)?)))
            .collect()
    };
    let mut rows = vec![Row::new(
        "allocations per hit",
        1,
        each(&|one| Some(allocations(one))),
    )];
    if callgrind::is_installed()
        && let Some(program) = callgrind::program()
    {
        let cells = each(&|one| instructions(&program, one));
        rows.push(Row::new("instructions per hit", 0, cells));
    }
    rows
}
