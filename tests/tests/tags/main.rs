//! `tags`: groups of entries that are invalidated together.
//!
//! Tags are the process's: each test has its own.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

mod crowds;
mod entries;
mod evaluated;
mod failures;
mod isolated;
mod races;
mod resources;
mod writers;
