//! One remembered answer: a shared cell that can be killed in place.

use std::any::Any;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use crate::error::Failure;

mod header;
mod meta;

pub(crate) use header::{EntryHeader, State};
pub(crate) use meta::{EntryMeta, Kind, LoadInfo};

/// A key with what is remembered under it, typed.
pub(crate) struct KeyValue<K, V> {
    pub(crate) key: K,
    pub(crate) answer: Result<V, Failure>,
}

/// A [`KeyValue`] whose types are forgotten.
pub(crate) trait ErasedPair: Any + Send + Sync {
    /// The key, as `&K`.
    fn key(&self) -> &(dyn Any + Send + Sync);
    /// Whether this is the key of the body.
    fn is_key(&self, key: &dyn Any) -> bool;
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
}

/// An answer in memory. Whoever holds one shares it with the index.
pub(crate) struct Entry<B: ?Sized> {
    head: EntryHeader,
    pub(crate) body: B,
}

impl<B: ?Sized> Deref for Entry<B> {
    type Target = EntryHeader;

    #[inline]
    fn deref(&self) -> &EntryHeader {
        &self.head
    }
}

/// A shared, erased entry; equal to another when their keys are.
#[derive(Clone)]
pub(crate) struct SharedEntry(pub(crate) Arc<Entry<dyn ErasedPair>>);

impl SharedEntry {
    pub(crate) fn new<B: ErasedPair>(facts: &EntryMeta, body: B) -> Self {
        let head = EntryHeader::new(facts);
        SharedEntry(Arc::new(Entry { head, body }))
    }

    pub(crate) fn is(&self, other: &SharedEntry) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl PartialEq for SharedEntry {
    fn eq(&self, other: &Self) -> bool {
        self.is(other) || (self.0.hash == other.0.hash && self.0.body.is_key(other.0.body.key()))
    }
}

impl Eq for SharedEntry {}

impl Hash for SharedEntry {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.0.hash);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_entry_knows_beside_its_answer_takes_seven_words() {
        let whole = size_of::<Entry<KeyValue<u64, u64>>>();
        assert_eq!(whole - size_of::<KeyValue<u64, u64>>(), 56);
        let pair = size_of::<KeyValue<(String, u32), Arc<str>>>();
        assert_eq!(pair, 32 + 16, "an error takes no room of its own");
    }
}
