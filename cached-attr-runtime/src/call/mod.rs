//! A call, from the lookup to the answer: section "What a call does" of the contract, one function a step.
//!
//! What is generic here is thin: hash the key, compare it, clone the value, poll the body. Everything that
//! decides is in the store and compiled once.

mod ending;
mod lead;
mod load;
mod open;
mod resolve;
pub(crate) mod search;
mod stage;
mod start;
mod ticket;
mod together;

pub use load::Load;
pub use resolve::Resolve;
pub(crate) use start::Under;
pub use start::{Miss, Mode, Start};
pub use together::{Later, Progress, Slot, Step, Tried, join};
