//! Whether a value is an absent one: `None`.

/// A value that is looked at.
pub struct Seen<T>(pub T);

/// Found first: an `Option`.
pub trait MayBeAbsent {
    /// Whether it is `None`.
    fn is_absent(&self) -> bool;
}

impl<T> MayBeAbsent for &Seen<&Option<T>> {
    fn is_absent(&self) -> bool {
        self.0.is_none()
    }
}

/// Found last: anything.
pub trait NeverAbsent {
    /// `false`.
    fn is_absent(&self) -> bool {
        false
    }
}

impl<T> NeverAbsent for Seen<T> {}
