//! Work on several things, of which one may panic: a value's `Drop` is the user's code.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Does it with each of them, also where one panics. The first panic goes on at the end; a second one does not abort.
pub(crate) fn for_each<T>(all: impl IntoIterator<Item = T>, mut act: impl FnMut(T)) {
    let mut panic = None;
    for one in all {
        if let Err(caught) = catch_unwind(AssertUnwindSafe(|| act(one))) {
            panic = panic.or(Some(caught));
        }
    }
    if let Some(panic) = panic {
        resume_unwind(panic);
    }
}
