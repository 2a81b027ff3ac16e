//! What the shared tier needs of a store: nothing, where the feature `shared` is off.

use super::Store;
use crate::clock::Stamp;
use crate::entry::EntryHeader;

#[allow(clippy::unused_self, reason = "as with a tier")]
impl Store {
    pub(crate) fn is_shared(&self) -> bool {
        false
    }

    pub(super) fn is_surely_fresh_copy(&self, _: &EntryHeader, _: Stamp, _: (u64, u64)) -> bool {
        false
    }

    pub(super) fn is_served(&self, _: &EntryHeader) -> bool {
        true
    }

    pub(crate) fn reads_tier_first(&self) -> bool {
        false
    }
}
