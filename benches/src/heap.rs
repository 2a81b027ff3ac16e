//! A counting allocator: how often this thread allocates, and how many bytes it keeps.

#![allow(unsafe_code, reason = "an allocator cannot be written without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// What a piece of work did to the heap.
#[derive(Clone, Copy, Debug, Default)]
pub struct Use {
    /// Allocations, growing a block in place included.
    pub calls: u64,
    /// Bytes allocated less bytes freed.
    pub kept: i64,
}

thread_local! {
    // Off, it costs a contender that allocates two instructions each time: nothing beside the allocation.
    static ON: Cell<bool> = const { Cell::new(false) };
    static CALLS: Cell<u64> = const { Cell::new(0) };
    static KEPT: Cell<i64> = const { Cell::new(0) };
}

/// The system's allocator, with what this thread does counted.
pub struct Counting;

fn note(calls: u64, bytes: i64) {
    if ON.get() {
        CALLS.set(CALLS.get() + calls);
        KEPT.set(KEPT.get() + bytes);
    }
}

fn signed(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(1, signed(layout.size()));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        note(0, -signed(layout.size()));
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(1, signed(layout.size()));
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(1, signed(size) - signed(layout.size()));
        unsafe { System.realloc(block, layout, size) }
    }
}

/// Counts what `work` does on this thread, and what it keeps when it is done.
pub fn count<R>(work: impl FnOnce() -> R) -> (R, Use) {
    let before = (CALLS.get(), KEPT.get());
    let was_on = ON.replace(true);
    let result = work();
    ON.set(was_on);
    let counted = Use {
        calls: CALLS.get() - before.0,
        kept: KEPT.get() - before.1,
    };
    (result, counted)
}
