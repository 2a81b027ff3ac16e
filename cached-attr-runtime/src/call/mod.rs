//! A call, from the lookup to the answer: section "What a call does" of the contract, one function a step.
//!
//! What is generic here is thin: hash the key, compare it, clone the value, poll the body. Everything that
//! decides is in the store and compiled once.

mod ending;
mod leader;
mod load;
mod pending;
mod request;
mod resolve;
mod resources;
mod slow_path;
mod start;

pub use load::Load;
pub use resolve::Resolve;
pub use resources::{Progress, ResourceSlot, SharedValue, Step, TryValue, join};
pub(crate) use start::PolicyOverride;
pub use start::{Miss, Mode, Start};
