//! What a key and a value need to be shared, said where they are at fault; and placeholders, so that the compiler reports
//! one mistake once. See `return_type::placeholder`.

use std::fmt::Display;
use std::ops::Deref;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::builder::Builder;
use crate::cache::CacheValue;
use crate::call::batch::item::BatchMap;
use crate::key::CacheKey;
use crate::return_type::ReturnType;
use crate::return_type::placeholder::specialize;

/// What is stored in the tier.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored in the shared tier",
    label = "not `Serialize + DeserializeOwned`",
    note = "derive `serde::Serialize` and `serde::Deserialize` for it, or leave `shared` out"
)]
pub trait SharedValue {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> SharedValue for T {}

/// A part of a key that has a text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no text for the shared tier",
    label = "not `Display`",
    note = "implement `Display` for it, or write a text key: `key = \"{{id:?}}\"`"
)]
pub trait SharedKeyPart {}

#[diagnostic::do_not_recommend]
impl<T: Display + ?Sized> SharedKeyPart for T {}

/// Explains a value that cannot be shared, at the return type.
pub fn assert_shared_value<S: ReturnType<Value: SharedValue>>(_: &S) {}

/// The same for the values of a batch.
pub fn assert_shared_items<S: ReturnType<Value: BatchMap<Value: SharedValue>>>(_: &S) {}

/// Explains a part of a key that has no text, at the argument.
pub fn assert_shared_part<T: SharedKeyPart + ?Sized>() {}

/// The same for an argument whose type has no name, and for an expression.
pub fn assert_shared_part_of<T: SharedKeyPart + ?Sized>(_: &T) {}

/// Has this part a text?
pub struct SharedPart<'a, T>(NoSharedPart<'a, T>);

/// It has none.
pub struct NoSharedPart<'a, T>(&'a T);

impl<'a, T> SharedPart<'a, T> {
    /// Where lookup begins.
    pub fn of(part: &'a T) -> Self {
        SharedPart(NoSharedPart(part))
    }
}

impl<'a, T: Display> SharedPart<'a, T> {
    /// The text.
    #[must_use]
    pub fn cached_text(&self) -> &'a dyn Display {
        self.0.0
    }
}

impl<T> NoSharedPart<'_, T> {
    /// A placeholder.
    #[must_use]
    pub fn cached_text(&self) -> &'static dyn Display {
        &""
    }
}

impl<'a, T> Deref for SharedPart<'a, T> {
    type Target = NoSharedPart<'a, T>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

specialize! {
    /// Can values of this type be shared?
    Shareable<K, V>(Builder<K, V>), else NotShareable
}

impl<K, V> Shareable<K, V> {
    /// Where lookup begins.
    pub fn of(builder: Builder<K, V>) -> Self {
        Shareable(NotShareable(builder))
    }
}

impl<K: CacheKey, V: CacheValue + Serialize + DeserializeOwned> Shareable<K, V> {
    /// See [`Builder::shared`].
    pub fn cached_shared<F>(self, key_text: F) -> Builder<K, V>
    where
        F: Fn(&K) -> String + Send + Sync + 'static,
    {
        self.0.0.shared(key_text)
    }
}

impl<K, V> NotShareable<K, V> {
    /// A placeholder.
    pub fn cached_shared<F: Fn(&K) -> String>(&self, _: F) -> Builder<K, V> {
        crate::__private::never()
    }
}
