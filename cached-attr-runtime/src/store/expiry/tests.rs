use super::*;
use crate::clock::{self, NEVER};
use crate::entry::{EntryMeta, KeyValue, Kind, LoadInfo};
use crate::store::chain::LONGEST;

const HOUR: u64 = 3600 * SECOND;

fn entry(hash: u64, sequence: u64) -> SharedEntry {
    keyed(hash, hash, sequence)
}

fn keyed(key: u64, hash: u64, sequence: u64) -> SharedEntry {
    let load = LoadInfo {
        hash,
        began: clock::precise(),
        sequence,
        max_input_age: NEVER,
    };
    let pair = KeyValue {
        key,
        answer: Ok(()),
    };
    let meta = EntryMeta {
        idles: true,
        ..EntryMeta::new(load, Kind::Value)
    };
    let entry = SharedEntry::new(&meta, pair);
    entry.0.set_retention(24 * HOUR);
    entry
}

fn free_all(index: &Index, deadlines: &Deadlines, now: u64) {
    let mut most = usize::MAX;
    while let Some(entry) = deadlines.next_ended(index, now, &mut most) {
        index.remove(&entry);
    }
}

#[test]
fn entries_that_leave_before_their_time_leave_few_deadlines() {
    let (index, deadlines) = (Index::default(), Deadlines::new(0));
    let now = clock::precise().mono;
    for sequence in 0..100_000 {
        let entry = entry(sequence % 1000, sequence);
        index.put(&entry, LONGEST);
        deadlines.push(&index, &entry.0, clock::rough().mono);
        if sequence % 3 == 0 {
            index.remove(&entry);
        }
    }
    let held = deadlines.lock().len;
    assert!(held <= 2 * index.len() + COMPACT_SLACK, "{held}");
    free_all(&index, &deadlines, now + 30 * HOUR);
    assert_eq!(index.len(), 0, "each has its deadline");
    let queue = deadlines.lock();
    assert_eq!((queue.len, queue.due.len()), (0, 0));
}

#[test]
fn entries_whose_keys_share_a_hash_end_all_the_same() {
    let (index, deadlines) = (Index::default(), Deadlines::new(0));
    let now = clock::precise().mono;
    for key in 0..20 {
        let entry = keyed(key, 7, key);
        index.put(&entry, LONGEST);
        deadlines.push(&index, &entry.0, clock::rough().mono);
    }
    assert_eq!(index.len(), 20);
    free_all(&index, &deadlines, now + 30 * HOUR);
    assert_eq!(index.len(), 0);
}

#[test]
fn one_caller_looks_at_so_many_deadlines_and_no_more() {
    let (index, deadlines) = (Index::default(), Deadlines::new(HOUR));
    let now = clock::precise().mono;
    for key in 0..100 {
        let entry = entry(key, key);
        index.put(&entry, LONGEST);
        deadlines.push(&index, &entry.0, clock::rough().mono);
        // It is read, so its deadline is only put off.
        entry.0.touch(now + 10 * HOUR);
    }
    let (mut most, later) = (30, now + 2 * HOUR);
    assert!(deadlines.next_ended(&index, later, &mut most).is_none());
    let queue = deadlines.lock();
    let due: usize = queue.due.range(..=later).map(|due| due.1.len()).sum();
    assert_eq!((most, due), (0, 70));
}

#[test]
fn an_entry_without_an_end_does_not_stop_the_compacting() {
    let (index, deadlines) = (Index::default(), Deadlines::new(0));
    let endless = entry(0, 0);
    endless.0.set_retention(NEVER);
    index.put(&endless, LONGEST);
    // An idle time would end it.
    deadlines.lock().push(NO_END, Deadline::of(&endless.0));
    for sequence in 1..10_000 {
        deadlines.push(
            &index,
            &entry(sequence % 10 + 1, sequence).0,
            clock::rough().mono,
        );
    }
    let held = deadlines.lock().len;
    assert!(held <= 2 * COMPACT_SLACK, "{held}");
}

#[test]
fn an_entry_is_looked_at_soon_after_its_end() {
    for seconds in [1, 5, 60, 3600, 86_400, 4_000_000_000] {
        let end = seconds * SECOND;
        let time = round_up(end, 0);
        assert!(time >= end, "{seconds}");
        assert!(time - end < (end / 16).max(2 * SECOND), "{seconds}");
    }
    assert_eq!(round_up(u64::MAX, 0), u64::MAX);
}

#[test]
fn a_walk_visits_every_entry_though_others_leave_meanwhile() {
    let (index, deadlines) = (Index::default(), Deadlines::new(0));
    for key in 0..1000 {
        let entry = entry(key, key);
        if key % 2 == 0 {
            entry.0.set_retention(NEVER);
        }
        index.put(&entry, LONGEST);
        deadlines.push(&index, &entry.0, clock::rough().mono);
    }
    let (mut cursor, mut visited) = (Cursor::default(), std::collections::BTreeSet::new());
    loop {
        let hashes = deadlines.walk(&mut cursor, 7);
        if hashes.is_empty() {
            break;
        }
        visited.extend(hashes);
        // Those with odd keys leave one by one, wherever the walk is.
        if let Some(leaving) = index.find(visited.len() as u64 | 1, |_| true) {
            index.remove(&leaving);
        }
        let added = entry(5000 + visited.len() as u64, 5000);
        deadlines.push(&index, &added.0, clock::rough().mono);
    }
    let missed = (0..1000).filter(|key| index.contains(*key, |_| true) && !visited.contains(key));
    assert_eq!(missed.count(), 0);
}
