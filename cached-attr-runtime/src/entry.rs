//! One remembered answer: a shared cell that can be killed in place.

use std::any::Any;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use crate::error::Failure;
use crate::facts::Facts;

mod head;

pub(crate) use head::{Head, State};

/// A key with what is remembered under it, typed.
pub(crate) struct Pair<K, V> {
    pub(crate) key: K,
    pub(crate) answer: Result<V, Failure>,
}

/// A [`Pair`] whose types are forgotten.
pub(crate) trait Body: Any + Send + Sync {
    /// The key, as `&K`.
    fn key(&self) -> &(dyn Any + Send + Sync);
    /// Whether this is the key of the body.
    fn is_key(&self, key: &dyn Any) -> bool;
}

impl<K, V> Body for Pair<K, V>
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
    head: Head,
    pub(crate) body: B,
}

impl<B: ?Sized> Deref for Entry<B> {
    type Target = Head;

    #[inline]
    fn deref(&self) -> &Head {
        &self.head
    }
}

/// A shared, erased entry; equal to another when their keys are.
#[derive(Clone)]
pub(crate) struct Resident(pub(crate) Arc<Entry<dyn Body>>);

impl Resident {
    pub(crate) fn new<B: Body>(facts: &Facts, body: B) -> Self {
        let head = Head::new(facts);
        Resident(Arc::new(Entry { head, body }))
    }

    pub(crate) fn is(&self, other: &Resident) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl PartialEq for Resident {
    fn eq(&self, other: &Self) -> bool {
        self.is(other) || (self.0.hash == other.0.hash && self.0.body.is_key(other.0.body.key()))
    }
}

impl Eq for Resident {}

impl Hash for Resident {
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
        let whole = size_of::<Entry<Pair<u64, u64>>>();
        assert_eq!(whole - size_of::<Pair<u64, u64>>(), 56);
        let pair = size_of::<Pair<(String, u32), Arc<str>>>();
        assert_eq!(pair, 32 + 16, "an error takes no room of its own");
    }
}
