//! Keys: looked up by reference, owned only when something is stored under them.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};

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
/// A reference to what `K` owns (`&K`, `"text"` for `String`, a slice for `Vec`), a number, `bool` or `char`
/// itself, and tuples and options of these: `get("LOQ")`, `get(("acme", 7))`, `get(&key)`, `get(Some("x"))`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be looked up as a cache key",
    label = "no borrowed form of the key `{K}`",
    note = "pass a reference to the key, or its borrowed parts: `\"text\"` for a `String`, numbers as they are, tuples of these"
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
impl<Q> KeyRef<Q::Owned> for &Q
where
    Q: ToOwned + Hash + Eq + ?Sized,
{
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

macro_rules! by_value {
    ($($scalar:ty)*) => {$(
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

/// A slice of borrowed parts (`&[&str]`), as the key `Vec<String>`.
#[derive(Clone, Copy, Debug)]
pub struct Each<'a, Q>(&'a [Q]);

/// Looks up a slice of references as one key.
#[must_use]
pub fn each<Q>(parts: &[Q]) -> Each<'_, Q> {
    Each(parts)
}

impl<K: Hash, Q: KeyRef<K>> KeyRef<Vec<K>> for Each<'_, Q> {
    #[inline]
    fn hash_key<H: Hasher>(&self, hasher: &mut H) {
        // As the standard library hashes a `Vec`: the length, then the parts. Only numbers, which need no
        // drop, are hashed in bulk instead, and are cheap to own.
        if !std::mem::needs_drop::<K>() {
            return self.to_key().hash(hasher);
        }
        hasher.write_usize(self.0.len());
        for part in self.0 {
            part.hash_key(hasher);
        }
    }

    #[inline]
    fn is_key(&self, key: &Vec<K>) -> bool {
        self.0.len() == key.len() && self.0.iter().zip(key).all(|(part, key)| part.is_key(key))
    }

    #[inline]
    fn to_key(&self) -> Vec<K> {
        self.0.iter().map(Q::to_key).collect()
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

/// Owns a key.
#[allow(
    clippy::needless_pass_by_value,
    reason = "generated code hands over the key it has just made"
)]
pub fn own<K>(key: impl KeyRef<K>) -> K {
    key.to_key()
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher;

    use super::*;

    #[allow(clippy::needless_pass_by_value, reason = "reads better at the calls")]
    fn hash<K>(key: impl KeyRef<K>) -> u64 {
        let mut hasher = foldhash::fast::FixedState::default().build_hasher();
        key.hash_key(&mut hasher);
        hasher.finish()
    }

    #[test]
    fn every_borrowed_form_of_a_key_hashes_alike() {
        assert_eq!(hash("a"), hash(&"a".to_owned()));
        assert_eq!(hash(("a", 7u32)), hash(&("a".to_owned(), 7u32)));
        assert_eq!(hash(Some("a")), hash(&Some("a".to_owned())));
        assert_eq!(hash(None::<&str>), hash(&None::<String>));
        assert_eq!(
            hash(each(&["a", "b"])),
            hash(&vec!["a".to_owned(), "b".to_owned()])
        );
        assert_eq!(hash(each(&[&1u32, &2])), hash(&vec![1u32, 2]));
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(hash(("a", "bc")), hash(("ab", "c")));
        assert!(!("a", "bc").is_key(&("ab".to_owned(), "c".to_owned())));
        assert!(!each(&["a"]).is_key(&vec!["a".to_owned(), "b".to_owned()]));
    }
}
