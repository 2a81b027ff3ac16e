//! `#[cached(let NAME = EXPR, …)]`: what a handler needs, remembered on its own.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

use std::time::Duration;

mod ages;
mod errors;
mod forms;
mod keys;
mod layers;
mod together;

const SECOND: Duration = Duration::from_secs(1);
const MILLISECOND: Duration = Duration::from_millis(1);
