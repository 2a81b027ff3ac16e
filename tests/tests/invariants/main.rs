//! I1 to I6 of the contract, under schedules that are written down.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

mod cancelled;
mod changes;
mod cycles;
mod last_word;
mod panics;
mod reentrant;
mod secrets;
mod superseded;
mod unfriendly;
mod writers;
