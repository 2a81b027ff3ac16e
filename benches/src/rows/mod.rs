//! The rows of the table, a file for each kind.

pub mod hit;
pub mod instructions;
pub mod memory;
pub mod miss;
pub mod ratio;
pub mod scale;
pub mod slot;
pub mod stampede;

use crate::table::Row;

/// What makes some of the rows.
pub type Maker = fn() -> Vec<Row>;

/// Every kind of row, by the name that selects it.
pub const ALL: [(&str, Maker); 8] = [
    ("hit", hit::rows),
    ("slot", slot::rows),
    ("miss", miss::rows),
    ("scale", scale::rows),
    ("stampede", stampede::rows),
    ("ratio", ratio::rows),
    ("memory", memory::rows),
    ("instructions", instructions::rows),
];
