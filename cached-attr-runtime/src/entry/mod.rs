//! One cached answer: a shared cell that can be invalidated in place.
//!
//! An entry is shared by the index, by readers and by whoever joined its load. None of them keeps a copy of the value,
//! so that one atomic store in the [header](EntryHeader) is seen wherever the entry is still held.

mod header;
mod meta;

use std::any::Any;
use std::ops::Deref;
use std::sync::Arc;

use crate::error::Failure;

pub(crate) use header::EntryHeader;
pub(crate) use meta::{CopyMark, EntryMeta, Kind, LoadInfo};

/// What a load keeps for the one that will replace its answer.
#[derive(Clone, Default)]
pub(crate) struct Kept {
    /// Whatever its code keeps.
    pub(crate) extra: Option<Arc<dyn Any + Send + Sync>>,
    /// The tags that it named while it ran.
    pub(crate) tags: Vec<Arc<str>>,
}

impl Kept {
    pub(crate) fn is_empty(&self) -> bool {
        self.extra.is_none() && self.tags.is_empty()
    }
}

/// A key with what is cached under it.
pub(crate) struct KeyValue<K, V> {
    pub(crate) key: K,
    pub(crate) answer: Result<V, Failure>,
}

/// A [`KeyValue`] whose types are erased.
pub(crate) trait ErasedPair: Any + Send + Sync {
    /// The key, as `&K`.
    fn key(&self) -> &(dyn Any + Send + Sync);
    /// Whether this is the key of the pair.
    fn is_key(&self, key: &dyn Any) -> bool;
    /// What is cached, unless it is an error.
    fn value(&self) -> Option<&dyn Any> {
        None
    }
    /// The error that is cached.
    #[cfg(feature = "shared")]
    fn failure(&self) -> Option<&Failure> {
        None
    }
    /// The entries of keys that share one hash, where this is not a pair but a list of them.
    fn chain(&self) -> Option<&[SharedEntry]> {
        None
    }
}

impl<K, V> ErasedPair for KeyValue<K, V>
where
    K: Eq + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    fn key(&self) -> &(dyn Any + Send + Sync) {
        &self.key
    }

    fn is_key(&self, key: &dyn Any) -> bool {
        key.downcast_ref::<K>() == Some(&self.key)
    }

    fn value(&self) -> Option<&dyn Any> {
        let value: &dyn Any = self.answer.as_ref().ok()?;
        Some(value)
    }

    #[cfg(feature = "shared")]
    fn failure(&self) -> Option<&Failure> {
        self.answer.as_ref().err()
    }
}

/// An answer in memory.
pub(crate) struct Entry<P: ?Sized> {
    header: EntryHeader,
    pub(crate) pair: P,
}

impl<P: ?Sized> Deref for Entry<P> {
    type Target = EntryHeader;

    #[inline]
    fn deref(&self) -> &EntryHeader {
        &self.header
    }
}

/// A shared, erased entry.
#[derive(Clone)]
pub(crate) struct SharedEntry(pub(crate) Arc<Entry<dyn ErasedPair>>);

impl SharedEntry {
    pub(crate) fn new<P: ErasedPair>(meta: &EntryMeta, pair: P) -> Self {
        SharedEntry::with_kept(meta, None, pair)
    }

    /// The same with what the load has kept for the one that will replace it.
    pub(crate) fn with_kept<P: ErasedPair>(meta: &EntryMeta, kept: Option<Kept>, pair: P) -> Self {
        let header = EntryHeader::new(meta, kept);
        SharedEntry(Arc::new(Entry { header, pair }))
    }

    /// The head of a chain: it answers nothing itself.
    pub(crate) fn chain_head<P: ErasedPair>(hash: u64, pair: P) -> Self {
        let header = EntryHeader::of_chain(hash);
        SharedEntry(Arc::new(Entry { header, pair }))
    }

    pub(crate) fn is(&self, other: &SharedEntry) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_entry_holds_beside_its_answer_takes_seven_words() {
        let whole = size_of::<Entry<KeyValue<u64, u64>>>();
        assert_eq!(whole - size_of::<KeyValue<u64, u64>>(), 56);
        let pair = size_of::<KeyValue<(String, u32), Arc<str>>>();
        assert_eq!(pair, 32 + 16, "an error takes no room of its own");
    }
}
