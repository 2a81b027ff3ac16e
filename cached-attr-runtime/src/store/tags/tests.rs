#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::sync::atomic::AtomicU64;
use std::task::{Context, Poll, Waker};
use std::thread;

use super::*;
use crate::FnCache;
use crate::call::{Mode, Start};
use crate::entry::{EntryMeta, KeyValue, Kind};
use crate::return_type::plain;
use crate::store::{
    Claim, ClaimRequest, Completion, FreshnessRequest, Outcome, OwnedKey, Query, StoreOutcome,
};

/// Loads that begin and end by hand.
struct Hand(FnCache<u64, u64>);

impl Hand {
    fn new(capacity: u64) -> Self {
        Hand(FnCache::builder().capacity(capacity).build())
    }

    fn hash(&self, key: u64) -> u64 {
        self.0.store.hash::<u64>(&key)
    }

    fn claim(&self, hash: u64, key: u64, tags: &[&str], names_tags: bool) -> Claim {
        let key = OwnedKey::new(key);
        let tags: Vec<Tag> = tags.iter().map(|&tag| tag.into()).collect();
        let query = Query {
            hash,
            matcher: &key,
        };
        let request = ClaimRequest {
            freshness: FreshnessRequest::BY_POLICY,
            joins: FreshnessRequest::BY_POLICY,
            key: &key,
            reads: true,
            leads: true,
            tags: &tags,
            names_tags,
            running: None,
            limit: 0,
        };
        self.0.store.claim(&self.0.policy, &query, &request)
    }

    fn lead(&self, hash: u64, key: u64, tags: &[&str], names_tags: bool) -> Arc<Flight> {
        match self.claim(hash, key, tags, names_tags) {
            Claim::Lead(flight) => flight,
            _ => panic!("another load runs, or has stored"),
        }
    }

    /// Begins a load of a key.
    fn begin(&self, key: u64, tags: &[&str]) -> Arc<Flight> {
        self.lead(self.hash(key), key, tags, false)
    }

    /// Begins one that may name tags while it runs.
    fn begin_open(&self, key: u64) -> Arc<Flight> {
        self.lead(self.hash(key), key, &[], true)
    }

    /// Joins the load of a key.
    fn join(&self, key: u64) -> (Arc<Flight>, usize) {
        match self.claim(self.hash(key), key, &[], false) {
            Claim::Follow(flight, marks) => (flight, marks),
            _ => panic!("no load of this key runs"),
        }
    }

    fn name(&self, flight: &Arc<Flight>, tag: &str) {
        self.0.store.add_tag(flight, &tag.into());
    }

    fn invalidate(&self, tag: &str) -> u64 {
        self.0.store.invalidate_tag(tag)
    }

    fn end(&self, flight: &Arc<Flight>, key: u64, value: u64) -> StoreOutcome {
        let meta = EntryMeta::new(flight.info, Kind::Value);
        let pair = KeyValue {
            key,
            answer: Ok(value),
        };
        let entry = SharedEntry::new(&meta, pair);
        let query = Query {
            hash: flight.info.hash,
            matcher: &flight.key,
        };
        let completion = Completion::Store(&entry);
        let outcome = self
            .0
            .store
            .complete(&self.0.policy, &query, flight, &completion);
        flight.complete(Outcome::Answered(entry));
        outcome
    }

    /// Loads and stores.
    fn store(&self, key: u64, tags: &[&str]) {
        assert_eq!(
            self.end(&self.begin(key, tags), key, key),
            StoreOutcome::Stored
        );
    }

    fn keys(&self) -> Vec<u64> {
        let mut keys = self.0.keys();
        keys.sort_unstable();
        keys
    }

    fn listed(&self) -> usize {
        let lists = self.0.store.tags.lock();
        assert_eq!(
            lists.by_tag.values().map(Vec::len).sum::<usize>(),
            lists.len
        );
        assert!(lists.by_tag.values().all(|list| !list.is_empty()));
        lists.len
    }
}

#[test]
fn a_tag_takes_its_entries_and_no_others() {
    let hand = Hand::new(100);
    hand.store(1, &["a"]);
    hand.store(2, &["a", "b"]);
    hand.store(3, &["b"]);
    hand.store(4, &[]);
    assert_eq!(hand.invalidate("none"), 0);
    assert_eq!((hand.invalidate("a"), hand.keys()), (2, vec![3, 4]));
    assert_eq!((hand.invalidate("a"), hand.invalidate("b")), (0, 1));
    assert_eq!(hand.keys(), [4]);
}

#[test]
fn among_keys_of_one_hash_it_takes_those_that_have_it() {
    let hand = Hand::new(100);
    for key in 0..10_u64 {
        let tag = if key.is_multiple_of(2) { "even" } else { "odd" };
        let flight = hand.lead(7, key, &[tag], false);
        assert_eq!(hand.end(&flight, key, key), StoreOutcome::Stored);
    }
    assert_eq!(
        (hand.invalidate("even"), hand.keys()),
        (5, vec![1, 3, 5, 7, 9])
    );
}

#[test]
fn a_load_whose_tag_is_known_from_the_start_is_void_and_joined_by_nobody_later() {
    let hand = Hand::new(100);
    let old = hand.begin(1, &["a"]);
    let (_, before) = hand.join(1);
    hand.invalidate("a");
    let new = hand.begin(1, &["a"]);
    assert_eq!(hand.end(&old, 1, 10), StoreOutcome::Superseded);
    assert!(!old.tags.refuses(before), "it came before");
    assert_eq!(hand.end(&new, 1, 20), StoreOutcome::Stored);
}

#[test]
fn a_load_that_has_named_its_tag_is_void_like_any_other() {
    let hand = Hand::new(100);
    let old = hand.begin_open(1);
    hand.name(&old, "a");
    hand.invalidate("a");
    hand.begin(1, &[]);
    assert_eq!(hand.end(&old, 1, 10), StoreOutcome::Superseded);
}

#[test]
fn a_load_that_names_a_tag_after_its_invalidation_is_void_from_then_on() {
    let hand = Hand::new(100);
    let old = hand.begin_open(1);
    let (_, before) = hand.join(1);
    hand.invalidate("a");
    let (_, after) = hand.join(1);
    hand.name(&old, "a");
    assert!(!old.tags.refuses(before) && old.tags.refuses(after));
    hand.begin(1, &[]);
    assert_eq!(hand.end(&old, 1, 10), StoreOutcome::Superseded);
}

#[test]
fn who_joined_after_the_invalidation_is_refused_also_when_the_key_was_invalidated_since() {
    let hand = Hand::new(100);
    let old = hand.begin_open(1);
    hand.invalidate("a");
    let (_, after) = hand.join(1);
    let query = Query {
        hash: hand.hash(1),
        matcher: &old.key,
    };
    hand.0.store.invalidate(&query);
    hand.name(&old, "a");
    assert!(old.tags.refuses(after));
    assert_eq!(hand.end(&old, 1, 10), StoreOutcome::Superseded);
}

#[test]
fn a_load_that_never_names_the_tag_is_stored_under_those_that_it_names() {
    let hand = Hand::new(100);
    let load = hand.begin_open(1);
    hand.invalidate("a");
    let (_, after) = hand.join(1);
    hand.name(&load, "b");
    assert_eq!(hand.end(&load, 1, 10), StoreOutcome::Stored);
    assert!(!load.tags.refuses(after));
    assert_eq!((hand.invalidate("a"), hand.invalidate("b")), (0, 1));
}

#[test]
fn an_entry_put_in_by_hand_has_no_tags() {
    let hand = Hand::new(100);
    hand.store(1, &["a"]);
    let mut insert = std::pin::pin!(hand.0.insert(1, 10));
    assert!(poll(insert.as_mut()).is_ready());
    assert_eq!((hand.invalidate("a"), hand.keys()), (0, vec![1]));
}

fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn calls_that_joined_after_the_invalidation_start_over_and_those_before_it_do_not() {
    let hand = Hand::new(100);
    let call = || {
        let start = hand.0.start(&1, plain::<u64>(), Mode::new());
        let Start::Miss(miss) = start else {
            panic!("nothing is stored yet");
        };
        Box::pin(miss.load(async { 20 }))
    };
    let (mut before, mut after) = (call(), call());
    let old = hand.begin_open(1);
    assert!(poll(before.as_mut()).is_pending());
    hand.invalidate("a");
    assert!(poll(after.as_mut()).is_pending());
    hand.name(&old, "a");
    hand.end(&old, 1, 10);
    assert_eq!(poll(before.as_mut()), Poll::Ready(10));
    assert_eq!(poll(after.as_mut()), Poll::Ready(20));
    assert_eq!(hand.0.stats().superseded, 1);
}

#[test]
fn however_much_is_stored_there_are_about_as_many_listings_as_entries_have_tags() {
    let hand = Hand::new(1000);
    for number in 0..50_000_u64 {
        let key = number % 100;
        let query_key = OwnedKey::new(key);
        let query = Query {
            hash: hand.hash(key),
            matcher: &query_key,
        };
        // Half of them are replaced later, the others leave before.
        if number % 200 < 100 {
            hand.0.store.invalidate(&query);
        } else {
            hand.0.store.expire(&query);
        }
        hand.store(key, &["all", &number.to_string()]);
        if number % 1000 == 0 {
            assert!(hand.listed() <= 600, "{} of 200", hand.listed());
        }
    }
    hand.0.store.invalidate_all();
    assert!(hand.listed() <= COMPACT_SLACK, "{} of none", hand.listed());
}

#[test]
fn whatever_leaves_is_listed_no_more_before_long() {
    let hand = Hand::new(50);
    for key in 0..10_000 {
        let own = key.to_string();
        hand.store(key, &["all", "some", "more", &own]);
        let most = 4 * 3 * (hand.0.len() + COMPACT_SLACK);
        assert!(hand.listed() <= most, "{} at {key}", hand.listed());
    }
}

/// The source is a number that grows; each growth is followed by an invalidation. Nothing older than that may be there
/// when the invalidation has returned.
#[test]
fn no_thread_stores_what_it_read_before_the_invalidation() {
    let (hand, source, over) = (Hand::new(1000), AtomicU64::new(0), AtomicBool::new(false));
    let load = |key: u64| {
        // Some know their tag from the start, some name it at once, some late.
        let tags: &[&str] = if key.is_multiple_of(3) { &["a"] } else { &[] };
        let Claim::Lead(flight) = hand.claim(hand.hash(key), key, tags, true) else {
            return;
        };
        let value = source.load(Ordering::SeqCst);
        if key % 3 == 1 {
            hand.name(&flight, "a");
        }
        thread::yield_now();
        hand.name(&flight, "a");
        hand.end(&flight, key, value);
    };
    let write = || {
        let now = source.fetch_add(1, Ordering::SeqCst) + 1;
        hand.invalidate("a");
        for entry in hand.0.store.entries() {
            assert!(entry.0.is_invalidated() || value_of(&entry) >= now);
        }
    };
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    (0..64).for_each(load);
                }
            });
        }
        let writers = [(); 2].map(|()| scope.spawn(|| (0..150_000).for_each(|_| write())));
        let ended = writers.map(thread::ScopedJoinHandle::join);
        over.store(true, Ordering::SeqCst);
        assert!(ended.iter().all(Result::is_ok));
    });
}

fn value_of(entry: &SharedEntry) -> u64 {
    let pair: &dyn std::any::Any = &entry.0.pair;
    let pair = pair.downcast_ref::<KeyValue<u64, u64>>().unwrap();
    *pair.answer.as_ref().ok().unwrap()
}
