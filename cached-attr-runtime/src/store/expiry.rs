//! Expiry: which answers can be of no use any more, so that their memory is freed. Whether an answer is fresh is
//! not decided here: its readers look.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use equivalent::Equivalent;

use super::index::Index;
use crate::clock::SECOND;
use crate::entry::{EntryHeader, SharedEntry};

/// More notes than entries by so many are not worth tidying.
const COMPACT_SLACK: usize = 64;
/// How many notes are looked at when there are more. Each store makes one: it cannot fall behind.
const COMPACT_STEPS: usize = 4;

/// An entry that ends some day. There is one for each, so it is small: no padding.
#[derive(Clone, Copy)]
#[repr(Rust, packed(4))]
struct Deadline {
    hash: u64,
    /// The end of its entry's serial: whether the key still has that entry.
    sequence: u32,
}

impl Deadline {
    fn of(entry: &EntryHeader) -> Self {
        Deadline {
            hash: entry.hash,
            sequence: last_bits(entry.sequence),
        }
    }
}

impl Hash for Deadline {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// The very entry, also among those whose keys share a hash.
impl Equivalent<SharedEntry> for Deadline {
    fn equivalent(&self, resident: &SharedEntry) -> bool {
        self.hash == resident.0.hash && self.sequence == last_bits(resident.0.sequence)
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "the last bits are what is wanted"
)]
fn last_bits(sequence: u64) -> u32 {
    sequence as u32
}

/// The notes of one cache.
#[derive(Default)]
struct DeadlineQueue {
    /// By the moment they are due, on the clock's monotonic side; no list is empty.
    due: BTreeMap<u64, Vec<Deadline>>,
    len: usize,
    /// Where tidying goes on: a moment, and a place among its notes.
    cursor: (u64, usize),
}

/// When the entries of one cache end.
pub(crate) struct Expiry {
    /// Nanoseconds without a read after which an entry ends; zero for no such limit.
    tti: u64,
    notes: Mutex<DeadlineQueue>,
}

impl Expiry {
    pub(crate) fn new(tti: u64) -> Self {
        Expiry {
            tti,
            notes: Mutex::default(),
        }
    }

    /// Notes when an entry ends, if it does. Entries that left before their time leave notes behind: some of
    /// those are thrown away.
    pub(crate) fn note(&self, index: &Index, entry: &EntryHeader, now: u64) {
        let Some(end) = self.end(entry) else { return };
        let _pin = index.pin();
        let mut notes = self.lock();
        notes.add(round_up(end, now), Deadline::of(entry));
        notes.compact(index);
    }

    /// An entry that has ended by now, if there is one among so many notes that are due.
    pub(crate) fn ended(&self, index: &Index, now: u64, most: &mut usize) -> Option<SharedEntry> {
        loop {
            *most = most.checked_sub(1)?;
            let note = self.lock().pop(now)?;
            let Some(resident) = index.with(&note, SharedEntry::clone) else {
                continue;
            };
            match self.end(&resident.0) {
                Some(end) if end > now => self.lock().add(round_up(end, now), note),
                Some(_) => return Some(resident),
                // It was to end once; `set_ttl` has changed that.
                None => {}
            }
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        *self.lock() = DeadlineQueue::default();
    }

    fn end(&self, entry: &EntryHeader) -> Option<u64> {
        let idle = (self.tti > 0).then(|| entry.last_read().saturating_add(self.tti));
        [entry.evict_at(), idle].into_iter().flatten().min()
    }

    fn lock(&self) -> MutexGuard<'_, DeadlineQueue> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When an entry that ends then is looked at: a little later, by up to a sixteenth of the time until then or two
/// seconds, so that there are few such moments.
fn round_up(end: u64, now: u64) -> u64 {
    let grain = (end.saturating_sub(now) / 32).max(SECOND);
    end.checked_next_multiple_of(grain.next_power_of_two())
        .unwrap_or(u64::MAX)
}

impl DeadlineQueue {
    fn add(&mut self, round_up: u64, note: Deadline) {
        self.due.entry(round_up).or_default().push(note);
        self.len += 1;
    }

    fn pop(&mut self, now: u64) -> Option<Deadline> {
        let mut first = self.due.first_entry().filter(|first| *first.key() <= now)?;
        let note = first.get_mut().pop();
        if first.get().is_empty() {
            first.remove();
        }
        self.len -= usize::from(note.is_some());
        note
    }

    fn compact(&mut self, index: &Index) {
        for _ in 0..COMPACT_STEPS {
            if self.len <= index.len() + COMPACT_SLACK {
                return;
            }
            self.compact_one(index);
        }
    }

    /// Throws the note at the hand away if its entry is gone, and moves on.
    fn compact_one(&mut self, index: &Index) {
        let (from, place) = self.cursor;
        let Some((&round_up, notes)) = self.due.range_mut(from..).next() else {
            self.cursor = (0, 0);
            return;
        };
        let place = if round_up == from { place } else { 0 };
        self.cursor = (round_up, place);
        match notes.get(place) {
            None => self.cursor = (round_up.checked_add(1).unwrap_or(0), 0),
            Some(note) if index.with(note, |_| ()).is_some() => self.cursor = (round_up, place + 1),
            Some(_) => {
                notes.swap_remove(place);
                self.len -= 1;
                if notes.is_empty() {
                    self.due.remove(&round_up);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use crate::entry::KeyValue;
    use crate::entry::{EntryMeta, Kind, LoadInfo};

    fn entry(hash: u64, sequence: u64) -> SharedEntry {
        keyed(hash, hash, sequence)
    }

    fn keyed(key: u64, hash: u64, sequence: u64) -> SharedEntry {
        let origin = LoadInfo {
            hash,
            began: clock::precise(),
            sequence,
            within: u64::MAX,
        };
        let body = KeyValue {
            key,
            answer: Ok(()),
        };
        let facts = EntryMeta {
            idles: true,
            ..EntryMeta::new(origin, Kind::Value)
        };
        let resident = SharedEntry::new(&facts, body);
        resident.0.set_retention(24 * 3600 * SECOND);
        resident
    }

    #[test]
    fn entries_that_leave_before_their_time_leave_few_notes() {
        let (index, expiry) = (Index::new(false), Expiry::new(0));
        let now = clock::precise().mono;
        for sequence in 0..100_000 {
            let resident = entry(sequence % 1000, sequence);
            index.put(&resident);
            expiry.note(&index, &resident.0, now);
            if sequence % 3 == 0 {
                index.remove(&resident);
            }
        }
        let notes = expiry.lock().len;
        assert!(notes <= 2 * index.len() + COMPACT_SLACK, "{notes}");
        let later = now + 30 * 3600 * SECOND;
        free_all(&index, &expiry, later);
        assert_eq!(index.len(), 0, "each has its note");
        let notes = expiry.lock();
        assert_eq!((notes.len, notes.due.len()), (0, 0));
    }

    fn free_all(index: &Index, expiry: &Expiry, now: u64) {
        let mut most = usize::MAX;
        while let Some(resident) = expiry.ended(index, now, &mut most) {
            index.remove(&resident);
        }
    }

    #[test]
    fn entries_whose_keys_share_a_hash_end_all_the_same() {
        let (index, expiry) = (Index::new(false), Expiry::new(0));
        let now = clock::precise().mono;
        for key in 0..100 {
            let resident = keyed(key, 7, key);
            index.put(&resident);
            expiry.note(&index, &resident.0, now);
        }
        free_all(&index, &expiry, now + 30 * 3600 * SECOND);
        assert_eq!(index.len(), 0);
    }

    #[test]
    fn one_caller_looks_at_so_many_notes_and_no_more() {
        let (index, expiry) = (Index::new(false), Expiry::new(3600 * SECOND));
        let now = clock::precise().mono;
        for key in 0..100 {
            let resident = entry(key, key);
            index.put(&resident);
            expiry.note(&index, &resident.0, now);
            // It is read, so its note is only put off.
            resident.0.touch(now + 10 * 3600 * SECOND);
        }
        let (mut most, later) = (30, now + 2 * 3600 * SECOND);
        assert!(expiry.ended(&index, later, &mut most).is_none());
        let due: usize = expiry
            .lock()
            .due
            .range(..=later)
            .map(|due| due.1.len())
            .sum();
        assert_eq!((most, due), (0, 70));
    }

    #[test]
    fn an_end_beyond_all_time_does_not_stop_the_tidying() {
        let (index, expiry) = (Index::new(false), Expiry::new(0));
        let now = clock::precise().mono;
        let last = entry(0, 0);
        index.put(&last);
        expiry.lock().add(u64::MAX, Deadline::of(&last.0));
        for sequence in 1..10_000 {
            let resident = entry(sequence % 10 + 1, sequence);
            expiry.note(&index, &resident.0, now);
        }
        let notes = expiry.lock().len;
        assert!(notes <= 2 * COMPACT_SLACK, "{notes}");
    }

    #[test]
    fn an_entry_is_looked_at_soon_after_its_end() {
        for seconds in [1, 5, 60, 3600, 86_400, 4_000_000_000] {
            let end = seconds * SECOND;
            let round_up = round_up(end, 0);
            assert!(round_up >= end, "{seconds}");
            assert!(round_up - end < (end / 16).max(2 * SECOND), "{seconds}");
        }
        assert_eq!(round_up(u64::MAX, 0), u64::MAX);
    }
}
