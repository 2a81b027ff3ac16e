//! Plain async functions that ask AWS: no cache, no state, one purpose each.
//!
//! How long an answer may be trusted is said where it is used, in the attribute over a handler or over a function of
//! [`lookup`](crate::lookup).
//!
//! Every request is boxed: the client's futures are some five kilobytes each, and a handler holds those of all its resources.

mod object;
mod parameter;
mod parameters;
mod secret;

pub use object::{ObjectAddress, ObjectFile, object};
pub use parameter::{parameter, string_list};
pub use parameters::parameters;
pub use secret::{Secret, secret, secret_binary, secret_text};
