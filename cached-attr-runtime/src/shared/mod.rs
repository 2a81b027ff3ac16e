//! What makes a cache shared: the text of its keys and the format of its values, and which tier it uses.
//!
//! The tier itself is in [`tier`](crate::tier), the calls that use it in `call/shared`.

pub(crate) mod check;
mod copies;
mod names;
mod pauses;
mod reach;
mod sharing;
mod state;

pub(crate) use names::{SharedNames, process_names};
pub(crate) use reach::{TierKey, current_tier, invalidate, invalidate_later};
pub(crate) use sharing::{AnyValue, Sharing};
pub(crate) use state::{Running, TierState};
