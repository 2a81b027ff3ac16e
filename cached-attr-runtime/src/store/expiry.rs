//! Expiry: which answers can be of no use any more, so that their memory is freed. Whether an answer is fresh is not
//! decided here but when it is read.
//!
//! Each entry has one deadline, in a list ordered by time. Entries that leave early leave their deadlines behind; some of
//! those are dropped whenever one is added. The list also serves as the list of all entries for whoever walks along it
//! in small steps, see [`Deadlines::walk`].

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

use super::drop_delay::DropDelay;
use super::index::Index;
use crate::clock::SECOND;
use crate::entry::{EntryHeader, SharedEntry};
use crate::lock::lock;

/// More deadlines than entries by so many are not worth compacting.
const COMPACT_SLACK: usize = 64;
/// How many deadlines are looked at when there are more. Each store adds one: it cannot fall behind.
const COMPACT_STEPS: usize = 4;
/// Where entries without an end are listed.
const NO_END: u64 = u64::MAX;

/// An entry that ends some day. There is one for each, so it is small: no padding.
#[derive(Clone, Copy)]
#[repr(Rust, packed(4))]
struct Deadline {
    hash: u64,
    /// The low bits of its entry's sequence: whether the key still has that entry.
    sequence: u32,
}

impl Deadline {
    fn of(entry: &EntryHeader) -> Self {
        Deadline {
            hash: entry.hash,
            sequence: low_bits(entry.sequence),
        }
    }

    /// Whether this is the entry's, also among those whose keys share a hash.
    fn is_of(self, entry: &EntryHeader) -> bool {
        self.sequence == low_bits(entry.sequence)
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "the low bits are what is wanted"
)]
fn low_bits(sequence: u64) -> u32 {
    sequence as u32
}

/// A place in the list: a time, and how many of its deadlines are still to be visited.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor {
    time: u64,
    left: usize,
}

impl Default for Cursor {
    fn default() -> Self {
        Cursor {
            time: 0,
            left: usize::MAX,
        }
    }
}

/// The deadlines of one cache.
#[derive(Default)]
struct DeadlineQueue {
    /// By the time they are looked at, on the clock's monotonic side; no list is empty.
    due: BTreeMap<u64, Vec<Deadline>>,
    len: usize,
    /// Where compacting goes on.
    cursor: Cursor,
}

/// When the entries of one cache end.
pub(crate) struct Deadlines {
    /// Nanoseconds without a read after which an entry ends; zero for no such limit.
    tti: u64,
    queue: Mutex<DeadlineQueue>,
    /// The first time in the queue.
    next_due: AtomicU64,
}

impl Deadlines {
    pub(crate) fn new(tti: u64) -> Self {
        Deadlines {
            tti,
            queue: Mutex::default(),
            next_due: AtomicU64::new(NO_END),
        }
    }

    /// Adds an entry.
    pub(crate) fn push(&self, index: &Index, entry: &EntryHeader, now: u64) {
        let time = self.time_of(entry, now);
        let _delay = DropDelay::begin();
        let mut queue = self.lock();
        queue.push(time, Deadline::of(entry));
        if queue.is_crowded(index) {
            queue.compact(index);
            self.update_next_due(&queue);
        } else if time < self.next_due.load(Ordering::Relaxed) {
            self.next_due.store(time, Ordering::Relaxed);
        }
    }

    /// Whether there is something to free: a look without a lock, which may come a little late.
    pub(crate) fn is_due(&self, now: u64) -> bool {
        self.next_due.load(Ordering::Relaxed) <= now
    }

    /// An entry that has ended by now, if there is one among so many deadlines that are due.
    pub(crate) fn next_ended(
        &self,
        index: &Index,
        now: u64,
        most: &mut usize,
    ) -> Option<SharedEntry> {
        loop {
            *most = most.checked_sub(1)?;
            let deadline = self.pop(now)?;
            let Some(entry) = index.find(deadline.hash, |entry| deadline.is_of(entry)) else {
                continue;
            };
            if self.end(&entry.0).is_some_and(|end| end <= now) {
                return Some(entry);
            }
            // It was read in the meantime, or `set_ttl` has changed its end.
            let time = self.time_of(&entry.0, now);
            let mut queue = self.lock();
            queue.push(time, deadline);
            self.update_next_due(&queue);
        }
    }

    /// The hashes of some entries from the cursor on, which moves along. Entries that are added after the walk has begun
    /// may or may not be visited; the others are, some of them twice. Empty at the end.
    pub(crate) fn walk(&self, cursor: &mut Cursor, most: usize) -> Vec<u64> {
        let queue = self.lock();
        let mut hashes = Vec::with_capacity(most);
        while hashes.len() < most
            && let Some((time, place)) = queue.next_place(cursor)
        {
            hashes.push(queue.due[&time][place].hash);
        }
        hashes
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        let mut queue = self.lock();
        *queue = DeadlineQueue::default();
        self.update_next_due(&queue);
    }

    fn pop(&self, now: u64) -> Option<Deadline> {
        let mut queue = self.lock();
        let deadline = queue.pop(now);
        self.update_next_due(&queue);
        deadline
    }

    fn update_next_due(&self, queue: &DeadlineQueue) {
        let next = queue.due.keys().next().copied().unwrap_or(NO_END);
        self.next_due.store(next, Ordering::Relaxed);
    }

    fn end(&self, entry: &EntryHeader) -> Option<u64> {
        let idle = (self.tti > 0).then(|| entry.last_read().saturating_add(self.tti));
        [entry.evict_at(), idle].into_iter().flatten().min()
    }

    fn time_of(&self, entry: &EntryHeader, now: u64) -> u64 {
        self.end(entry).map_or(NO_END, |end| round_up(end, now))
    }

    fn lock(&self) -> MutexGuard<'_, DeadlineQueue> {
        lock(&self.queue)
    }
}

/// When an entry that ends then is looked at: a little later, by up to a sixteenth of the time until then or two
/// seconds, so that there are few such times.
fn round_up(end: u64, now: u64) -> u64 {
    let grain = (end.saturating_sub(now) / 32).max(SECOND);
    end.checked_next_multiple_of(grain.next_power_of_two())
        .unwrap_or(NO_END)
}

impl DeadlineQueue {
    fn push(&mut self, time: u64, deadline: Deadline) {
        self.due.entry(time).or_default().push(deadline);
        self.len += 1;
    }

    fn pop(&mut self, now: u64) -> Option<Deadline> {
        let mut first = self.due.first_entry().filter(|first| *first.key() <= now)?;
        let deadline = first.get_mut().pop();
        if first.get().is_empty() {
            first.remove();
        }
        self.len -= usize::from(deadline.is_some());
        deadline
    }

    /// The place the cursor comes to, and moves on. Within one time it goes from the last to the first: what is removed
    /// there is replaced by the last, which has been visited.
    fn next_place(&self, cursor: &mut Cursor) -> Option<(u64, usize)> {
        let from = if cursor.left == 0 {
            Bound::Excluded(cursor.time)
        } else {
            Bound::Included(cursor.time)
        };
        let (&time, deadlines) = self.due.range((from, Bound::Unbounded)).next()?;
        let left = if time == cursor.time {
            cursor.left.min(deadlines.len())
        } else {
            deadlines.len()
        };
        let place = left.saturating_sub(1);
        *cursor = Cursor { time, left: place };
        Some((time, place))
    }

    /// Whether there are more deadlines than entries, by so many that it is worth the work.
    fn is_crowded(&self, index: &Index) -> bool {
        self.len > index.len() + COMPACT_SLACK
    }

    fn compact(&mut self, index: &Index) {
        for _ in 0..COMPACT_STEPS {
            if !self.is_crowded(index) {
                return;
            }
            self.compact_one(index);
        }
    }

    /// Drops the deadline at the cursor if its entry is gone, and moves on.
    fn compact_one(&mut self, index: &Index) {
        let mut cursor = self.cursor;
        let place = self.next_place(&mut cursor);
        self.cursor = cursor;
        let Some((time, place)) = place else {
            self.cursor = Cursor::default();
            return;
        };
        let Some(deadlines) = self.due.get_mut(&time) else {
            return;
        };
        let is_gone = |deadline: &Deadline| {
            let deadline = *deadline;
            !index.contains(deadline.hash, |entry| deadline.is_of(entry))
        };
        if deadlines.get(place).is_some_and(is_gone) {
            deadlines.swap_remove(place);
            self.len -= 1;
            if deadlines.is_empty() {
                self.due.remove(&time);
            }
        }
    }
}

#[cfg(test)]
mod tests;
