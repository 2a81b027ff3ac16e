//! What a review found, held so that it stays found: each test failed before its fix.

mod errors;
mod keys;
mod lives;
mod memory;
mod reentrant;
mod strict;
mod told;
