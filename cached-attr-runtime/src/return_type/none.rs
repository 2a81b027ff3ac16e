//! Whether a value is `None`: the same technique, between two traits, because the `Option` is behind a reference.

/// Where lookup begins: `(&&Seen(&value)).is_absent()`.
pub struct Seen<T>(pub T);

/// An `Option`: found first, since it needs one dereference less.
pub trait MayBeAbsent {
    /// Whether it is `None`.
    fn is_absent(&self) -> bool;
}

impl<T> MayBeAbsent for &Seen<&Option<T>> {
    fn is_absent(&self) -> bool {
        self.0.is_none()
    }
}

/// Anything else: found last.
pub trait NeverAbsent {
    /// Never.
    fn is_absent(&self) -> bool {
        false
    }
}

impl<T> NeverAbsent for Seen<T> {}
