//! The options of the attribute, one after another.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

mod bounds;
mod bypass;
mod extremes;
mod failing_display;
mod idle;
mod jitter;
mod key;
mod key_expressions;
mod key_types;
mod naming;
mod not_stored;
mod storing;
mod text_key;
mod ttl;
