//! Step 7 of a call: a load that fails, and those who waited for it.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

mod cloned;
mod converted;
mod kinds;
mod rendered;
mod unshared;
