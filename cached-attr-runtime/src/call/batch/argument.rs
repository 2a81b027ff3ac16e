//! Arguments of a batch: each body has its own.

/// What a body can have a copy of.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used by a batch",
    label = "not `Clone`",
    note = "one call may run the function several times, each time with arguments of its own: derive `Clone`, bound a type \
            parameter by it, or take a reference or an `Arc`"
)]
pub trait BatchArgument {
    /// Copies it.
    #[must_use]
    fn copy(&self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> BatchArgument for T {
    fn copy(&self) -> T {
        self.clone()
    }
}

/// The argument of one body.
pub fn copy_argument<T: BatchArgument>(argument: &T) -> T {
    argument.copy()
}
