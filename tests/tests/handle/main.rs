//! `FnCache`: looking at a cache and changing it.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

mod administration;
mod behind_references;
mod builder;
mod causes;
mod entries;
mod explain;
mod gauges;
mod numbers;
mod switches;
mod unnamed;
