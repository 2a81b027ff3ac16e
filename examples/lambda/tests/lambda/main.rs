//! Each behaviour (`l_b…`) and each corrected flaw (`l_f…`) of the system that this example is modelled on, seen in the
//! requests that are sent.
//!
//! Time passes without waiting: see [`desk::pass`].

#![allow(missing_docs, reason = "the name of a test says what it shows")]

mod ages;
mod bindings;
mod desk;
mod errors;
mod handlers;
mod lists;
mod objects;
mod parameters;
mod secrets;
mod side_by_side;
mod whole_function;
