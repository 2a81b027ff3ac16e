//! `#[invalidates]`: a writer says what it changes.

mod aborted;
mod keys;
mod methods;
mod outcomes;
mod targets;
