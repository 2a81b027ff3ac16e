//! Keys whose type no signature can name: an expression, a binding of a pattern.
//!
//! The cache holds them as the typed values they are; only its companion cannot say which. So `{function}_key(…)`
//! returns a key that carries its type at run time, and it fits the caches of such keys only.

use std::any::{Any, type_name};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use super::{CacheKey, CallKey, KeyForm, KeyRef};
use crate::builder::Builder;
use crate::cache::FnCache;
use crate::return_type::ReturnType;

/// The key of a function whose key has a type that cannot be written down.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Unnamed<K>(K);

impl<K> Deref for Unnamed<K> {
    type Target = K;

    fn deref(&self) -> &K {
        &self.0
    }
}

/// What `{function}_key(…)` returns for such a function.
///
/// # Panics
///
/// Using it with another function's cache, whose key is of another type, panics.
#[derive(Clone)]
pub struct UnnamedKey {
    key: Arc<dyn Any + Send + Sync>,
    of: &'static str,
}

impl UnnamedKey {
    /// The key that generated code has just made.
    #[must_use]
    #[allow(
        clippy::needless_pass_by_value,
        reason = "generated code hands over the key it has just made"
    )]
    pub fn new<Q: CallKey<Key: CacheKey>>(key: Q) -> Self {
        UnnamedKey {
            key: Arc::new(key.to_key()),
            of: type_name::<Q::Key>(),
        }
    }

    fn key<K: CacheKey>(&self) -> &K {
        match self.key.downcast_ref() {
            Some(key) => key,
            None => panic!(
                "a key of type `{}` was used with a cache whose keys are of type `{}`",
                self.of,
                type_name::<K>()
            ),
        }
    }
}

impl fmt::Debug for UnnamedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnnamedKey").finish_non_exhaustive()
    }
}

impl<K: CacheKey> KeyForm<UnnamedKey> for Unnamed<K> {
    fn hash_form<H: Hasher>(form: &UnnamedKey, hasher: &mut H) {
        form.key::<K>().hash(hasher);
    }

    fn is_form(&self, form: &UnnamedKey) -> bool {
        self.0 == *form.key()
    }

    fn from_form(form: &UnnamedKey) -> Self {
        Unnamed(form.key::<K>().clone())
    }
}

impl<K: CacheKey> KeyRef<Unnamed<K>> for UnnamedKey {
    fn hash_key<H: Hasher>(&self, hasher: &mut H) {
        Unnamed::<K>::hash_form(self, hasher);
    }

    fn is_key(&self, key: &Unnamed<K>) -> bool {
        key.is_form(self)
    }

    fn to_key(&self) -> Unnamed<K> {
        Unnamed::from_form(self)
    }
}

/// A call's key of such a type.
#[derive(Clone, Copy, Debug)]
pub struct UnnamedCallKey<Q>(Q);

/// As `call_key`, for a key whose type cannot be written down.
#[inline]
pub fn unnamed_call_key<Q: CallKey>(key: Q) -> UnnamedCallKey<Q> {
    UnnamedCallKey(key)
}

impl<Q: CallKey> KeyRef<Unnamed<Q::Key>> for UnnamedCallKey<Q> {
    #[inline]
    fn hash_key<H: Hasher>(&self, hasher: &mut H) {
        self.0.hash_key(hasher);
    }

    #[inline]
    fn is_key(&self, key: &Unnamed<Q::Key>) -> bool {
        self.0.is_key(&key.0)
    }

    #[inline]
    fn to_key(&self) -> Unnamed<Q::Key> {
        Unnamed(self.0.to_key())
    }
}

/// The type of a key that is never made.
#[must_use]
pub fn key_type<Q: CallKey>(_: Q) -> PhantomData<Q::Key> {
    PhantomData
}

/// Gives a companion's cache the type of its key.
#[must_use]
pub fn keyed_by<K, V>(
    _: &Option<PhantomData<K>>,
    cache: &'static FnCache<Unnamed<K>, V>,
) -> &'static FnCache<Unnamed<K>, V> {
    cache
}

/// Gives the rules of such a cache the type of its key, before they are looked at.
pub fn keyed_rules<K, V, F>(_: &Option<PhantomData<K>>, rules: F) -> F
where
    F: FnOnce(Builder<Unnamed<K>, V>) -> Builder<Unnamed<K>, V>,
{
    rules
}

/// The same where the value's type is what a load would have.
pub fn keyed_rules_of<K, S, F>(_: &Option<PhantomData<K>>, _: &Option<S>, rules: F) -> F
where
    S: ReturnType,
    F: FnOnce(Builder<Unnamed<K>, S::Value>) -> Builder<Unnamed<K>, S::Value>,
{
    rules
}

/// The key of `settings[id]` in a writer: of the cache's key type, checked by the compiler, or when the key's type is
/// unnamed, on the call. Method lookup decides, as in `return_type`.
pub struct IndexKey<'a, K, V, Q>(NamedIndexKey<'a, K, V, Q>);

/// An [`IndexKey`] of a type that is named.
pub struct NamedIndexKey<'a, K, V, Q>(Q, PhantomData<&'a FnCache<K, V>>);

impl<'a, K, V, Q> IndexKey<'a, K, V, Q> {
    /// Where lookup begins.
    pub fn of(_: &'a FnCache<K, V>, key: Q) -> Self {
        IndexKey(NamedIndexKey(key, PhantomData))
    }
}

impl<K: CacheKey, V, Q: CallKey<Key: CacheKey>> IndexKey<'_, Unnamed<K>, V, Q> {
    /// The key.
    #[must_use]
    pub fn cached_own(self) -> Unnamed<K> {
        UnnamedKey::new(self.0.0).to_key()
    }
}

impl<'a, K, V, Q> Deref for IndexKey<'a, K, V, Q> {
    type Target = NamedIndexKey<'a, K, V, Q>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<K, V, Q> NamedIndexKey<'_, K, V, Q> {
    /// The key.
    #[must_use]
    pub fn cached_own(&self) -> K
    where
        Q: KeyRef<K>,
    {
        self.0.to_key()
    }
}
