//! Plain async functions that request one thing from AWS. They cache nothing and hold no state.
//!
//! The TTL stands where a value is used: in the attribute over a handler or over a function of [`lookup`](crate::lookup).
//!
//! Every request is boxed: the client's futures are some five kilobytes each, and a handler holds those of all its
//! resources.

mod object;
mod parameter;
mod parameters;
mod secret;

pub use object::{Object, object};
pub use parameter::{Parameter, parameter};
pub use parameters::parameters;
pub use secret::{Secret, secret};
