//! `CacheControl`: what one call asks of every cache it meets, and what it is told.

mod foreign;
mod isolated;
mod joining;
mod scope;
mod status;
mod wishes;
