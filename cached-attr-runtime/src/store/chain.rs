//! Chains: the entries of keys that share one 64-bit hash.
//!
//! With a hash over the whole key this never happens; with a `Hash` that looks at a part of it, it always does. A chain
//! is an immutable list behind the pair of a head entry: readers walk it as they found it, writers replace it.

use std::any::Any;
use std::slice;

use crate::entry::{ErasedPair, SharedEntry};

/// How many keys of one hash are kept at most. What exceeds it evicts the oldest of its chain.
pub(crate) const LONGEST: usize = 32;

/// What left the index when an entry was put in.
#[derive(Default)]
pub(crate) struct Displaced {
    /// The entry that was there under the same key.
    pub(crate) replaced: Option<SharedEntry>,
    /// The oldest of a chain that had grown too long.
    pub(crate) crowded_out: Option<SharedEntry>,
}

/// The pair of a head entry.
struct Chain(Box<[SharedEntry]>);

impl ErasedPair for Chain {
    fn key(&self) -> &(dyn Any + Send + Sync) {
        &()
    }

    fn is_key(&self, _: &dyn Any) -> bool {
        false
    }

    fn chain(&self) -> Option<&[SharedEntry]> {
        Some(&self.0)
    }
}

/// The entries of a slot, oldest first.
pub(crate) fn entries(slot: &SharedEntry) -> &[SharedEntry] {
    slot.0.pair.chain().unwrap_or_else(|| slice::from_ref(slot))
}

/// The slot with an entry put in, and what had to leave for it.
pub(crate) fn with(
    slot: &SharedEntry,
    entry: &SharedEntry,
    longest: usize,
) -> (SharedEntry, Displaced) {
    let mut entries = entries(slot).to_vec();
    let same = |old: &SharedEntry| old.0.pair.is_key(entry.0.pair.key());
    let mut displaced = Displaced::default();
    if let Some(at) = entries.iter().position(same) {
        displaced.replaced = Some(entries.remove(at));
    } else if entries.len() >= longest.max(1) {
        displaced.crowded_out = Some(entries.remove(0));
    }
    entries.push(entry.clone());
    (to_slot(entries, entry.0.hash), displaced)
}

/// The slot without an entry; none where it is not in the chain.
pub(crate) fn without(slot: &SharedEntry, entry: &SharedEntry) -> Option<SharedEntry> {
    let mut entries = slot.0.pair.chain()?.to_vec();
    let at = entries.iter().position(|known| known.is(entry))?;
    entries.remove(at);
    Some(to_slot(entries, entry.0.hash))
}

fn to_slot(mut entries: Vec<SharedEntry>, hash: u64) -> SharedEntry {
    match entries.pop() {
        Some(only) if entries.is_empty() => only,
        last => {
            entries.extend(last);
            SharedEntry::chain_head(hash, Chain(entries.into_boxed_slice()))
        }
    }
}
