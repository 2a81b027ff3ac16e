//! The options of the attribute, one after another.

mod bounds;
mod bypass;
mod extremes;
mod jitter;
mod key;
mod key_types;
mod naming;
mod storing;
mod text_key;
mod ttl;
