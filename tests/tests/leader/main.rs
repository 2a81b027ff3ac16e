//! `#[leader]` without a tier: the calls of one process compete.

#![allow(
    clippy::items_after_statements,
    reason = "a function stands where its test uses it"
)]

mod functions;
mod isolated;
mod keys;
mod returns;
mod terms;
