//! The options of the attribute, one after another.

mod bounds;
mod bypass;
mod jitter;
mod key;
mod naming;
mod storing;
mod text_key;
mod ttl;
