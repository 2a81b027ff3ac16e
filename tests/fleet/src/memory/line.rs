//! Faults to order.

use std::sync::Arc;

use cached_attr_runtime::tier::TierFuture;

use super::tier::{MemoryTier, State};
use crate::fleet::Line;

/// The line of a replica in memory.
pub(super) struct MemoryLine(pub(super) Arc<MemoryTier>);

impl Line for MemoryLine {
    fn cut(&self) {
        self.0.set_state(State::Cut);
    }

    fn stall(&self) {
        self.0.set_state(State::Stalled);
    }

    fn restore(&self) -> TierFuture<'_, ()> {
        Box::pin(async { self.0.set_state(State::Working) })
    }
}
