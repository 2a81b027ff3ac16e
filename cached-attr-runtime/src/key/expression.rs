//! Expressions as parts of a key: by reference, and what is a reference already as what it refers to.
//!
//! The same technique as in [`return_type`](crate::return_type).

use std::ops::Deref;

/// A part that is an expression; lookup begins here.
pub struct ExpressionPart<'a, E>(OwnedPart<'a, E>);

/// Any expression that is not a reference.
pub struct OwnedPart<'a, E>(&'a E);

impl<'a, E> ExpressionPart<'a, E> {
    /// Where lookup begins.
    pub fn of(expression: &'a E) -> Self {
        ExpressionPart(OwnedPart(expression))
    }
}

impl<'t, T: ?Sized> ExpressionPart<'_, &'t T> {
    /// What it refers to.
    #[must_use]
    pub fn cached_part(&self) -> &'t T {
        self.0.0
    }
}

impl<'a, E> Deref for ExpressionPart<'a, E> {
    type Target = OwnedPart<'a, E>;

    fn deref(&self) -> &OwnedPart<'a, E> {
        &self.0
    }
}

impl<'a, E> OwnedPart<'a, E> {
    /// It, by reference.
    #[must_use]
    pub fn cached_part(&self) -> &'a E {
        self.0
    }
}
