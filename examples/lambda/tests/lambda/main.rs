//! Each behaviour (`l_b…`) and each flaw (`l_f…`) of the third system in SYSTEMS.md, seen at the wire.
//!
//! A meter stands between the clients and moto; the requests that it counts are what is asserted. Expiry is stepped over,
//! not slept through: see [`desk::pass`].

#![allow(missing_docs, reason = "a test says what it shows in its name")]

mod ages;
mod bindings;
mod desk;
mod errors;
mod handlers;
mod lists;
mod object_checks;
mod object_files;
mod parameters;
mod secrets;
mod side_by_side;
mod whole_function;
