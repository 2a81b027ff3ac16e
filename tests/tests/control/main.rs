//! `CacheControl`: what one call asks of every cache it meets, and what it is told.

#![allow(
    clippy::items_after_statements,
    reason = "a cached function stands where its test uses it"
)]

mod below;
mod foreign;
mod isolated;
mod joining;
mod scope;
mod status;
mod wishes;
