//! What a hit, a miss and an entry cost, beside other ways to remember the same answers.
//!
//! Times are medians of interleaved rounds and are for reading side by side only. Instructions and heap
//! allocations are counted, and are what the bars in `tests/` hold.

pub mod batches;
pub mod callgrind;
pub mod contest;
pub mod heap;
pub mod instances;
pub mod keys;
pub mod misses;
pub mod place;
pub mod rounds;
pub mod rows;
pub mod stale;
pub mod table;
pub mod way;
pub mod ways;
