//! What a review found, held so that it stays found: each test failed before its fix.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

mod errors;
mod keys;
mod lives;
mod memory;
mod reentrant;
mod strict;
mod told;
