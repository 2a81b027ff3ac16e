//! What a reference can show of a key: the key itself, and for some of the standard library's types a borrowed form.

use std::ffi::{OsStr, OsString};
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A key of which `&Q` is a borrowed form.
pub trait KeyForm<Q: ?Sized>: Sized {
    /// Hashes the form as the key is hashed.
    fn hash_form<H: Hasher>(form: &Q, hasher: &mut H);
    /// Whether the form is this key's.
    fn is_form(&self, form: &Q) -> bool;
    /// The key, owned.
    fn from_form(form: &Q) -> Self;
}

impl<K: Hash + Eq + Clone> KeyForm<K> for K {
    #[inline]
    fn hash_form<H: Hasher>(form: &K, hasher: &mut H) {
        form.hash(hasher);
    }

    #[inline]
    fn is_form(&self, form: &K) -> bool {
        self == form
    }

    #[inline]
    fn from_form(form: &K) -> K {
        form.clone()
    }
}

macro_rules! forms {
    ($([$($generics:tt)*] $form:ty => $key:ty;)*) => {$(
        impl<$($generics)*> KeyForm<$form> for $key {
            #[inline]
            fn hash_form<H: Hasher>(form: &$form, hasher: &mut H) {
                form.hash(hasher);
            }

            #[inline]
            fn is_form(&self, form: &$form) -> bool {
                **self == *form
            }

            #[inline]
            fn from_form(form: &$form) -> $key {
                <$key>::from(form)
            }
        }
    )*};
}

// Each key hashes as its form does: the standard library promises that by `Borrow`.
forms! {
    [] str => String;
    [] str => Arc<str>;
    [] str => Box<str>;
    [T: Hash + Eq + Clone] [T] => Vec<T>;
    [T: Hash + Eq + Clone] [T] => Arc<[T]>;
    [T: Hash + Eq + Clone] [T] => Box<[T]>;
    // An array hashes as its slice does.
    [T: Hash + Eq + Clone, const N: usize] [T; N] => Vec<T>;
    [] Path => PathBuf;
    [] Path => Arc<Path>;
    [] Path => Box<Path>;
    [] OsStr => OsString;
}
