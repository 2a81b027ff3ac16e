//! Keys: looked up by reference, owned only when something is stored under them.

mod call_key;
mod expression;
mod form;
mod unnamed;

use std::ffi::OsString;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;

pub use call_key::{CacheType, CallKey, Each, Keyed, cache_type, call_key, each, own};
pub use expression::{ExpressionPart, OwnedPart};
pub use form::KeyForm;
pub use unnamed::{
    IndexKey, NamedIndexKey, Unnamed, UnnamedCallKey, UnnamedKey, key_type, keyed_by, keyed_rules,
    keyed_rules_of, unnamed_call_key,
};

/// A type that can be a cache key.
///
/// Implemented for everything that is `Hash + Eq + Clone + Send + Sync + 'static`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be part of a cache key",
    label = "not `Hash + Eq + Clone + Send + Sync + 'static`",
    note = "derive `Hash`, `PartialEq`, `Eq` and `Clone` for it, name a field of it in `key = …`, or leave it out with `skip(…)`"
)]
pub trait CacheKey: Hash + Eq + Clone + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Hash + Eq + Clone + Send + Sync + 'static> CacheKey for T {}

/// A borrowed form of the key `K`, as the methods of [`FnCache`](crate::FnCache) take it.
///
/// A reference to what `K` owns (`&K`, `"text"` for `String`, `Arc<str>` and `Box<str>`, a slice or an array for
/// `Vec`), a type of the standard library itself, and tuples and options of these: `get("LOQ")`,
/// `get(("acme", 7))`, `get(&key)`, `get(Some("x"))`. A key of your own type is passed by reference: `get(&id)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be looked up as a cache key",
    label = "no borrowed form of the key `{K}`",
    note = "pass a reference to the key, or its borrowed parts: `\"text\"` for a `String`, numbers as they are, `&id` for any other type; a key of several parts is one tuple, `(\"acme\", 7)`"
)]
pub trait KeyRef<K> {
    /// Feeds the key to `hasher`, as every other borrowed form of an equal key does.
    fn hash_key<H: Hasher>(&self, hasher: &mut H);
    /// Whether `key` is the same key.
    fn is_key(&self, key: &K) -> bool;
    /// The key, owned.
    fn to_key(&self) -> K;
}

#[diagnostic::do_not_recommend]
impl<K: KeyForm<Q>, Q: ?Sized> KeyRef<K> for &Q {
    #[inline]
    fn hash_key<H: Hasher>(&self, hasher: &mut H) {
        K::hash_form(self, hasher);
    }

    #[inline]
    fn is_key(&self, key: &K) -> bool {
        key.is_form(self)
    }

    #[inline]
    fn to_key(&self) -> K {
        K::from_form(self)
    }
}

/// An owned key, passed by value.
macro_rules! owned {
    ($([$($generics:tt)*] $key:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> KeyRef<$key> for $key {
            #[inline]
            fn hash_key<H: Hasher>(&self, hasher: &mut H) {
                self.hash(hasher);
            }

            #[inline]
            fn is_key(&self, key: &$key) -> bool {
                self == key
            }

            #[inline]
            fn to_key(&self) -> $key {
                self.clone()
            }
        }
    )*};
}

owned! {
    [] String;
    [] PathBuf;
    [] OsString;
    [T: Hash + Eq + Clone] Vec<T>;
    [T: Hash + Eq + ?Sized] Arc<T>;
    [] Box<str>;
    [] std::time::Duration;
    [] std::time::SystemTime;
    [] std::net::IpAddr;
}

macro_rules! by_value {
    ($($scalar:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl KeyRef<$scalar> for $scalar {
            #[inline]
            fn hash_key<H: Hasher>(&self, hasher: &mut H) {
                self.hash(hasher);
            }

            #[inline]
            fn is_key(&self, key: &$scalar) -> bool {
                self == key
            }

            #[inline]
            fn to_key(&self) -> $scalar {
                *self
            }
        }
    )*};
}

by_value!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize bool char);

#[diagnostic::do_not_recommend]
impl KeyRef<()> for () {
    #[inline]
    fn hash_key<H: Hasher>(&self, _: &mut H) {}

    #[inline]
    fn is_key(&self, (): &()) -> bool {
        true
    }

    #[inline]
    fn to_key(&self) {}
}

#[diagnostic::do_not_recommend]
impl<K, Q: KeyRef<K>> KeyRef<Option<K>> for Option<Q> {
    #[inline]
    fn hash_key<H: Hasher>(&self, hasher: &mut H) {
        // As the standard library hashes an `Option`: `&Option<K>` must find what `Option<&K>` stored.
        std::mem::discriminant(&self.as_ref().map(drop)).hash(hasher);
        if let Some(inner) = self {
            inner.hash_key(hasher);
        }
    }

    #[inline]
    fn is_key(&self, key: &Option<K>) -> bool {
        match (self, key) {
            (Some(inner), Some(key)) => inner.is_key(key),
            (None, None) => true,
            _ => false,
        }
    }

    #[inline]
    fn to_key(&self) -> Option<K> {
        self.as_ref().map(Q::to_key)
    }
}

macro_rules! tuples {
    ($(($($part:ident $key:ident $at:tt),+))*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($part, $key),+> KeyRef<($($key,)+)> for ($($part,)+)
        where
            $($part: KeyRef<$key>),+
        {
            #[inline]
            fn hash_key<Hs: Hasher>(&self, hasher: &mut Hs) {
                $(self.$at.hash_key(hasher);)+
            }

            #[inline]
            fn is_key(&self, key: &($($key,)+)) -> bool {
                $(self.$at.is_key(&key.$at))&&+
            }

            #[inline]
            fn to_key(&self) -> ($($key,)+) {
                ($(self.$at.to_key(),)+)
            }
        }
    )*};
}

tuples! {
    (A KA 0)
    (A KA 0, B KB 1)
    (A KA 0, B KB 1, C KC 2)
    (A KA 0, B KB 1, C KC 2, D KD 3)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6, H KH 7)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6, H KH 7, I KI 8)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6, H KH 7, I KI 8, J KJ 9)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6, H KH 7, I KI 8, J KJ 9, L KL 10)
    (A KA 0, B KB 1, C KC 2, D KD 3, E KE 4, F KF 5, G KG 6, H KH 7, I KI 8, J KJ 9, L KL 10, M KM 11)
}

#[cfg(test)]
mod tests;
