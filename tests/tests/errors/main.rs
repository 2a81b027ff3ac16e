//! Step 7 of a call: a load that fails, and those who waited for it.

mod cloned;
mod kinds;
mod rendered;
mod unshared;
