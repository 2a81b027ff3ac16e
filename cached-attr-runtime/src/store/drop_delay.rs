//! Drops that are delayed: what leaves an index while this thread holds a lock of a cache is dropped after the lock.
//!
//! A value's `Drop` is the user's: it may call the cache again, or panic. Which thread drops an entry cannot be foreseen,
//! since readers that look at its slot meanwhile keep it alive, and one of them may be under a lock.

use std::cell::Cell;
use std::marker::PhantomData;

use crate::entry::SharedEntry;
use crate::panics;

thread_local! {
    /// How many delays this thread is in.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// What has left during them.
    static LEFT: Cell<Vec<SharedEntry>> = const { Cell::new(Vec::new()) };
}

/// Delays the drop of entries that leave an index until this is dropped. Made before a lock is taken.
#[must_use]
pub(super) struct DropDelay(PhantomData<*const ()>);

impl DropDelay {
    pub(super) fn begin() -> Self {
        DEPTH.set(DEPTH.get() + 1);
        DropDelay(PhantomData)
    }
}

impl Drop for DropDelay {
    fn drop(&mut self) {
        let outer = DEPTH.get() - 1;
        DEPTH.set(outer);
        if outer == 0 {
            panics::for_each(LEFT.try_with(Cell::take).unwrap_or_default(), drop);
        }
    }
}

/// An entry leaves its slot.
pub(super) fn leaves(entry: &SharedEntry) {
    if DEPTH.get() == 0 {
        return;
    }
    // At the end of its thread there is no list any more.
    let _ = LEFT.try_with(|left| {
        let mut entries = left.take();
        entries.push(entry.clone());
        left.set(entries);
    });
}
