//! Locking that goes on after a panic.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks `mutex`. What panics under a lock is one call: the others go on with what it left.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
