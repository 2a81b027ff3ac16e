//! The keys that generated code makes: of references to a call's arguments, each with one owned form.
//!
//! [`KeyRef`] lets users look `Arc<str>` up by `&str` as well as `String`; here the owned form has to follow from the
//! borrowed one, since nothing else in a call names it.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use super::KeyRef;
use crate::cache::FnCache;
use crate::return_type::ReturnType;

/// A borrowed key, from which its owned form follows.
pub trait CallKey {
    /// What is stored.
    type Key;

    /// Feeds the key to `hasher`, as the owned key does.
    fn hash_key<H: Hasher>(&self, hasher: &mut H);
    /// Whether `key` is the same key.
    fn is_key(&self, key: &Self::Key) -> bool;
    /// The key, owned.
    fn to_key(&self) -> Self::Key;
}

impl<Q: ToOwned + Hash + Eq + ?Sized> CallKey for &Q {
    type Key = Q::Owned;

    #[inline]
    fn hash_key<H: Hasher>(&self, hasher: &mut H) {
        (**self).hash(hasher);
    }

    #[inline]
    fn is_key(&self, key: &Q::Owned) -> bool {
        **self == *key.borrow()
    }

    #[inline]
    fn to_key(&self) -> Q::Owned {
        (**self).to_owned()
    }
}

impl CallKey for () {
    type Key = ();

    #[inline]
    fn hash_key<H: Hasher>(&self, _: &mut H) {}

    #[inline]
    fn is_key(&self, (): &()) -> bool {
        true
    }

    #[inline]
    fn to_key(&self) {}
}

impl<Q: CallKey> CallKey for Option<Q> {
    type Key = Option<Q::Key>;

    #[inline]
    fn hash_key<H: Hasher>(&self, hasher: &mut H) {
        // As the standard library hashes an `Option`: `&Option<K>` must find what `Option<&K>` stored.
        std::mem::discriminant(&self.as_ref().map(drop)).hash(hasher);
        if let Some(inner) = self {
            inner.hash_key(hasher);
        }
    }

    #[inline]
    fn is_key(&self, key: &Option<Q::Key>) -> bool {
        match (self, key) {
            (Some(inner), Some(key)) => inner.is_key(key),
            (None, None) => true,
            _ => false,
        }
    }

    #[inline]
    fn to_key(&self) -> Option<Q::Key> {
        self.as_ref().map(Q::to_key)
    }
}

/// A slice of borrowed parts (`&[&str]`), as the key `Vec<String>`.
#[derive(Clone, Copy, Debug)]
pub struct Each<'a, Q>(&'a [Q]);

/// Looks up a slice of references as one key.
#[must_use]
pub fn each<Q>(parts: &[Q]) -> Each<'_, Q> {
    Each(parts)
}

impl<Q: CallKey<Key: Hash>> CallKey for Each<'_, Q> {
    type Key = Vec<Q::Key>;

    #[inline]
    fn hash_key<H: Hasher>(&self, hasher: &mut H) {
        // As the standard library hashes a `Vec`: the length, then the parts. Only numbers, which need no
        // drop, are hashed in bulk instead, and are cheap to own.
        if !std::mem::needs_drop::<Q::Key>() {
            return self.to_key().hash(hasher);
        }
        hasher.write_usize(self.0.len());
        for part in self.0 {
            part.hash_key(hasher);
        }
    }

    #[inline]
    fn is_key(&self, key: &Vec<Q::Key>) -> bool {
        self.0.len() == key.len() && self.0.iter().zip(key).all(|(part, key)| part.is_key(key))
    }

    #[inline]
    fn to_key(&self) -> Vec<Q::Key> {
        self.0.iter().map(Q::to_key).collect()
    }
}

macro_rules! tuples {
    ($(($($part:ident $at:tt),+))*) => {$(
        impl<$($part: CallKey),+> CallKey for ($($part,)+) {
            type Key = ($($part::Key,)+);

            #[inline]
            fn hash_key<Hs: Hasher>(&self, hasher: &mut Hs) {
                $(self.$at.hash_key(hasher);)+
            }

            #[inline]
            fn is_key(&self, key: &Self::Key) -> bool {
                $(self.$at.is_key(&key.$at))&&+
            }

            #[inline]
            fn to_key(&self) -> Self::Key {
                ($(self.$at.to_key(),)+)
            }
        }
    )*};
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, L 10)
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, L 10, M 11)
}

/// A call's key as a [`KeyRef`].
#[derive(Clone, Copy, Debug)]
pub struct Keyed<Q>(Q);

/// What `cache = …` has to be. Two steps, so that the compiler knows the type before it looks at the cache.
#[derive(Debug)]
pub struct CacheType<K, V>(PhantomData<fn() -> (K, V)>);

/// The cache for this key and return type.
#[must_use]
pub fn cache_type<Q: CallKey, S: ReturnType>(_: &Keyed<Q>, _: &S) -> CacheType<Q::Key, S::Value> {
    CacheType(PhantomData)
}

#[allow(clippy::unused_self, reason = "its type is what counts")]
impl<K, V> CacheType<K, V> {
    /// The cache, if it is of this type.
    #[must_use]
    pub fn check(self, cache: &FnCache<K, V>) -> &FnCache<K, V> {
        cache
    }
}

/// The key of one call.
#[inline]
pub fn call_key<Q: CallKey>(key: Q) -> Keyed<Q> {
    Keyed(key)
}

impl<Q: CallKey> KeyRef<Q::Key> for Keyed<Q> {
    #[inline]
    fn hash_key<H: Hasher>(&self, hasher: &mut H) {
        self.0.hash_key(hasher);
    }

    #[inline]
    fn is_key(&self, key: &Q::Key) -> bool {
        self.0.is_key(key)
    }

    #[inline]
    fn to_key(&self) -> Q::Key {
        self.0.to_key()
    }
}

/// Owns a key.
#[allow(
    clippy::needless_pass_by_value,
    reason = "generated code hands over the key it has just made"
)]
pub fn own<Q: CallKey>(key: Q) -> Q::Key {
    key.to_key()
}
