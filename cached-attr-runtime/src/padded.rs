//! `Padded`: a value on cache lines of its own.

use std::ops::Deref;

/// Kept apart from its neighbours, so that who writes it does not slow down who reads those. Two lines: they are fetched
/// in pairs.
#[derive(Default)]
#[repr(align(128))]
pub(crate) struct Padded<T>(pub(crate) T);

impl<T> Deref for Padded<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}
