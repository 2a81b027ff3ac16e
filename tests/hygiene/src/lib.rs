//! Cached functions where nothing is in scope and every lint is an error.
#![no_implicit_prelude]
#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::pedantic
)]

pub mod generic;
pub mod leaders;
pub mod methods;
pub mod options;
pub mod shadows;
