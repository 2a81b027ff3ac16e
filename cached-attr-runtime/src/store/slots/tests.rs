use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::*;
use crate::clock::NEVER;
use crate::entry::{EntryMeta, KeyValue, Kind, LoadInfo};
use crate::store::drop_delay::DropDelay;

const ROUNDS: usize = 3_000;

fn entry(hash: u64) -> SharedEntry {
    entry_of(hash, hash)
}

fn entry_of<V: Send + Sync + 'static>(hash: u64, value: V) -> SharedEntry {
    let load = LoadInfo {
        hash,
        began: crate::clock::precise(),
        sequence: hash,
        max_input_age: NEVER,
    };
    let pair = KeyValue {
        key: hash,
        answer: Ok(value),
    };
    SharedEntry::new(&EntryMeta::new(load, Kind::Value), pair)
}

/// A value that records when it is dropped.
struct Recorded(Arc<AtomicBool>);

impl Drop for Recorded {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn recorded(hash: u64) -> (SharedEntry, Arc<AtomicBool>) {
    let dropped = Arc::default();
    (entry_of(hash, Recorded(Arc::clone(&dropped))), dropped)
}

fn holds(slots: &Slots, hash: u64) -> bool {
    slots.with(hash, |entry| entry.0.hash) == Some(hash)
}

fn hashes(slots: &Slots) -> Vec<u64> {
    let mut hashes = Vec::new();
    slots.for_each(|entry| hashes.push(entry.0.hash));
    hashes.sort_unstable();
    hashes
}

/// Acts while another thread sets the second slot.
fn while_the_first_moves(act: impl FnOnce(&Slots)) -> Slots {
    let slots = Slots::default();
    slots.set(entry(1));
    let start = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            start.wait();
            slots.set(entry(2));
        });
        start.wait();
        act(&slots);
    });
    slots
}

#[test]
fn the_first_slot_needs_no_map() {
    let slots = Slots::default();
    slots.set(entry(1));
    slots.set(entry(1));
    assert!(slots.map.get().is_none());
    assert!(holds(&slots, 1) && !holds(&slots, 2));
    assert_eq!((slots.len(), hashes(&slots)), (1, vec![1]));
    slots.remove(2);
    assert!(holds(&slots, 1));
    slots.remove(1);
    assert_eq!((slots.len(), hashes(&slots)), (0, vec![]));
    slots.set(entry(2));
    assert!(slots.map.get().is_none(), "the only one at any time");
}

#[test]
fn the_second_slot_takes_the_first_into_the_map() {
    let slots = Slots::default();
    slots.set(entry(1));
    slots.set(entry(2));
    assert!(slots.first.load().is_none());
    assert_eq!((slots.len(), hashes(&slots)), (2, vec![1, 2]));
    slots.remove(1);
    assert_eq!(hashes(&slots), [2]);
}

#[test]
fn a_slot_is_found_while_it_moves_into_the_map() {
    for _ in 0..ROUNDS {
        while_the_first_moves(|slots| {
            while slots.map.get().is_none() {
                assert_ne!(slots.len(), 0);
                assert!(holds(slots, 1));
            }
            assert!(holds(slots, 1));
        });
    }
}

#[test]
fn two_slots_may_be_the_second_at_once() {
    for _ in 0..ROUNDS {
        let slots = Slots::default();
        slots.set(entry(1));
        let start = Barrier::new(2);
        thread::scope(|scope| {
            for hash in [2, 3] {
                let (slots, start) = (&slots, &start);
                scope.spawn(move || {
                    start.wait();
                    slots.set(entry(hash));
                });
            }
        });
        assert_eq!(hashes(&slots), [1, 2, 3]);
    }
}

#[test]
fn a_slot_that_is_removed_while_it_moves_is_gone() {
    for _ in 0..ROUNDS {
        let slots = while_the_first_moves(|slots| {
            slots.remove(1);
            assert!(!holds(slots, 1));
        });
        assert_eq!(hashes(&slots), [2]);
    }
}

#[test]
fn what_leaves_during_a_read_under_a_lock_is_dropped_after_it() {
    let slots = Slots::default();
    let (first, dropped) = recorded(1);
    slots.set(first);
    let delay = DropDelay::begin();
    // The reader is the last one to have it, as beside another thread.
    slots.with(1, |_| slots.remove(1));
    assert!(!dropped.load(Ordering::Relaxed), "a lock may be held");
    drop(delay);
    assert!(dropped.load(Ordering::Relaxed));
}

#[test]
fn what_leaves_a_map_that_is_younger_than_the_lock_is_dropped_after_it() {
    let slots = Slots::default();
    slots.set(entry(1));
    let delay = DropDelay::begin();
    let (second, dropped) = recorded(2);
    slots.set(second);
    slots.with(2, |_| slots.remove(2));
    assert!(!dropped.load(Ordering::Relaxed), "a lock may be held");
    drop(delay);
    assert!(dropped.load(Ordering::Relaxed));
}

#[test]
fn a_drop_that_panics_does_not_abort_another_panic() {
    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("the second");
        }
    }

    let slots = Slots::default();
    slots.set(entry_of(1, Bomb));
    let panic = catch_unwind(AssertUnwindSafe(|| {
        let _delay = DropDelay::begin();
        slots.remove(1);
        panic!("the first");
    }));
    let panic = panic.expect_err("it goes on");
    assert_eq!(panic.downcast_ref(), Some(&"the first"));
}
