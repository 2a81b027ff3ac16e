//! `#[invalidates]`: a writer says what it changes.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

mod aborted;
mod keys;
mod methods;
mod outcomes;
mod targets;
mod values;
