//! Expiry: which answers can be of no use any more, so that their memory is freed. Whether an answer is fresh is
//! not decided here: its readers look.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use equivalent::Equivalent;

use super::index::Index;
use crate::clock::SECOND;
use crate::entry::{Head, Resident};

/// More notes than entries by so many are not worth tidying.
const SLACK: usize = 64;
/// How many notes are looked at when there are more. Each store makes one: it cannot fall behind.
const TIDIED: usize = 4;

/// An entry that ends some day. There is one for each, so it is small: no padding.
#[derive(Clone, Copy)]
#[repr(Rust, packed(4))]
struct Note {
    hash: u64,
    /// The end of its entry's serial: whether the key still has that entry.
    serial: u32,
}

impl Note {
    fn of(entry: &Head) -> Self {
        Note {
            hash: entry.hash,
            serial: last_bits(entry.serial),
        }
    }
}

impl Hash for Note {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// The very entry, also among those whose keys share a hash.
impl Equivalent<Resident> for Note {
    fn equivalent(&self, resident: &Resident) -> bool {
        self.hash == resident.0.hash && self.serial == last_bits(resident.0.serial)
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "the last bits are what is wanted"
)]
fn last_bits(serial: u64) -> u32 {
    serial as u32
}

/// The notes of one cache.
#[derive(Default)]
struct Notes {
    /// By the moment they are due, on the clock's monotonic side; no list is empty.
    due: BTreeMap<u64, Vec<Note>>,
    len: usize,
    /// Where tidying goes on: a moment, and a place among its notes.
    hand: (u64, usize),
}

/// When the entries of one cache end.
pub(crate) struct Expiry {
    /// Nanoseconds without a read after which an entry ends; zero for no such limit.
    tti: u64,
    notes: Mutex<Notes>,
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
    pub(crate) fn note(&self, index: &Index, entry: &Head, now: u64) {
        let Some(end) = self.end(entry) else { return };
        let _pin = index.pin();
        let mut notes = self.lock();
        notes.add(moment(end, now), Note::of(entry));
        notes.tidy(index);
    }

    /// An entry that has ended by now, if there is one among so many notes that are due.
    pub(crate) fn ended(&self, index: &Index, now: u64, most: &mut usize) -> Option<Resident> {
        loop {
            *most = most.checked_sub(1)?;
            let note = self.lock().pop(now)?;
            let Some(resident) = index.with(&note, Resident::clone) else {
                continue;
            };
            match self.end(&resident.0) {
                Some(end) if end > now => self.lock().add(moment(end, now), note),
                Some(_) => return Some(resident),
                // It was to end once; `set_ttl` has changed that.
                None => {}
            }
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        *self.lock() = Notes::default();
    }

    fn end(&self, entry: &Head) -> Option<u64> {
        let idle = (self.tti > 0).then(|| entry.last_read().saturating_add(self.tti));
        [entry.ends_at(), idle].into_iter().flatten().min()
    }

    fn lock(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When an entry that ends then is looked at: a little later, by up to a sixteenth of the time until then or two
/// seconds, so that there are few such moments.
fn moment(end: u64, now: u64) -> u64 {
    let grain = (end.saturating_sub(now) / 32).max(SECOND);
    end.checked_next_multiple_of(grain.next_power_of_two())
        .unwrap_or(u64::MAX)
}

impl Notes {
    fn add(&mut self, moment: u64, note: Note) {
        self.due.entry(moment).or_default().push(note);
        self.len += 1;
    }

    fn pop(&mut self, now: u64) -> Option<Note> {
        let mut first = self.due.first_entry().filter(|first| *first.key() <= now)?;
        let note = first.get_mut().pop();
        if first.get().is_empty() {
            first.remove();
        }
        self.len -= usize::from(note.is_some());
        note
    }

    fn tidy(&mut self, index: &Index) {
        for _ in 0..TIDIED {
            if self.len <= index.len() + SLACK {
                return;
            }
            self.tidy_one(index);
        }
    }

    /// Throws the note at the hand away if its entry is gone, and moves on.
    fn tidy_one(&mut self, index: &Index) {
        let (from, place) = self.hand;
        let Some((&moment, notes)) = self.due.range_mut(from..).next() else {
            self.hand = (0, 0);
            return;
        };
        let place = if moment == from { place } else { 0 };
        self.hand = (moment, place);
        match notes.get(place) {
            None => self.hand = (moment.checked_add(1).unwrap_or(0), 0),
            Some(note) if index.with(note, |_| ()).is_some() => self.hand = (moment, place + 1),
            Some(_) => {
                notes.swap_remove(place);
                self.len -= 1;
                if notes.is_empty() {
                    self.due.remove(&moment);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use crate::entry::Pair;
    use crate::facts::{Facts, Kind, Origin};

    fn entry(hash: u64, serial: u64) -> Resident {
        keyed(hash, hash, serial)
    }

    fn keyed(key: u64, hash: u64, serial: u64) -> Resident {
        let origin = Origin {
            hash,
            began: clock::precise(),
            serial,
            within: u64::MAX,
        };
        let body = Pair {
            key,
            answer: Ok(()),
        };
        let facts = Facts {
            idles: true,
            ..Facts::new(origin, Kind::Value)
        };
        let resident = Resident::new(&facts, body);
        resident.0.set_useful(24 * 3600 * SECOND);
        resident
    }

    #[test]
    fn entries_that_leave_before_their_time_leave_few_notes() {
        let (index, expiry) = (Index::new(false), Expiry::new(0));
        let now = clock::precise().mono;
        for serial in 0..100_000 {
            let resident = entry(serial % 1000, serial);
            index.put(&resident);
            expiry.note(&index, &resident.0, now);
            if serial % 3 == 0 {
                index.remove(&resident);
            }
        }
        let notes = expiry.lock().len;
        assert!(notes <= 2 * index.len() + SLACK, "{notes}");
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
        expiry.lock().add(u64::MAX, Note::of(&last.0));
        for serial in 1..10_000 {
            let resident = entry(serial % 10 + 1, serial);
            expiry.note(&index, &resident.0, now);
        }
        let notes = expiry.lock().len;
        assert!(notes <= 2 * SLACK, "{notes}");
    }

    #[test]
    fn an_entry_is_looked_at_soon_after_its_end() {
        for seconds in [1, 5, 60, 3600, 86_400, 4_000_000_000] {
            let end = seconds * SECOND;
            let moment = moment(end, 0);
            assert!(moment >= end, "{seconds}");
            assert!(moment - end < (end / 16).max(2 * SECOND), "{seconds}");
        }
        assert_eq!(moment(u64::MAX, 0), u64::MAX);
    }
}
