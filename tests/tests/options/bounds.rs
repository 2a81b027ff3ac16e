//! `capacity`, `weigh`: what is held.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cached_attr::{FnCache, cached};
use cached_attr_tests::{Dice, Source};

#[tokio::test(start_paused = true)]
async fn capacity_bounds_the_entries_give_or_take_a_tenth_or_64() {
    #[cached(ttl = "1h", capacity = 500)]
    async fn bounded(id: u32) -> u32 {
        id
    }

    for id in 0..20_000 {
        bounded(id).await;
        if id % 1000 == 0 {
            assert!(bounded_cache().len() <= 564, "{}", bounded_cache().len());
        }
    }
    let held = bounded_cache().len();
    assert!((400..=564).contains(&held), "{held}");
    assert!(bounded_cache().stats().evicted >= 20_000 - 564);
}

#[tokio::test(start_paused = true)]
async fn the_bound_holds_between_looks_at_it() {
    #[cached(ttl = "1h", capacity = 100)]
    async fn unobserved(id: u32) -> u32 {
        id
    }

    for id in 0..5000 {
        unobserved(id).await;
    }
    let mut held = 0;
    for id in 0..5000 {
        held += usize::from(unobserved_cache().get(id).await.is_some());
    }
    assert!(held <= 164, "{held}");
}

#[tokio::test(start_paused = true)]
async fn without_capacity_ten_thousand_entries_are_held() {
    #[cached(ttl = "1h")]
    async fn usual(id: u32) -> u32 {
        id
    }

    for id in 0..9000 {
        usual(id).await;
    }
    assert_eq!(usual_cache().len(), 9000);
    for id in 9000..15_000 {
        usual(id).await;
    }
    let held = usual_cache().len();
    assert!((9000..=11_000).contains(&held), "{held}");
}

#[tokio::test(start_paused = true)]
async fn what_is_often_read_stays() {
    #[cached(ttl = "1h", capacity = 200, skip(source))]
    async fn popular(source: &Source, id: u32) -> u32 {
        source.ask() + id
    }

    let source = Source::new();
    let first = popular(&source, 0).await;
    for id in 1..5000 {
        popular(&source, id).await;
        popular(&source, 0).await;
    }
    assert_eq!(popular(&source, 0).await, first);
}

#[tokio::test(start_paused = true)]
async fn weigh_says_what_an_entry_takes_of_the_capacity() {
    #[cached(ttl = "1h", capacity = 10_000, weigh = |_, text| u32::try_from(text.len()).unwrap_or(u32::MAX))]
    async fn heavy(id: u32, size: usize) -> String {
        let _ = id;
        "x".repeat(size)
    }

    for id in 0..2000 {
        heavy(id, 100).await;
    }
    let held = heavy_cache().len();
    assert!((50..=164).contains(&held), "{held}");
}

#[tokio::test(start_paused = true)]
async fn an_entry_heavier_than_the_capacity_is_not_held_and_its_caller_gets_it() {
    #[cached(ttl = "1h", capacity = 100, weigh = |key, _| *key)]
    async fn weighed(weight: u32) -> u32 {
        weight
    }

    assert_eq!(weighed(1000).await, 1000);
    assert_eq!(weighed_cache().len(), 0);
    assert_eq!(weighed(10).await, 10);
    assert_eq!(weighed_cache().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_capacity_of_zero_keeps_nothing() {
    const ROOM: u64 = 0;

    #[cached(ttl = "1h", capacity = ROOM, skip(source))]
    async fn roomless(source: &Source, id: u32) -> u32 {
        source.ask() + id
    }

    let source = Source::new();
    assert_eq!(
        (roomless(&source, 0).await, roomless(&source, 0).await),
        (1, 2)
    );
    assert!(roomless_cache().is_empty());

    let built = FnCache::builder().capacity(0).build();
    built.insert(1, 1).await;
    assert_eq!((built.get(1).await, built.len()), (None, 0));
    let weighed = FnCache::builder().capacity(0).weigh(|_, _| 0).build();
    weighed.insert(1, 1).await;
    assert_eq!((weighed.get(1).await, weighed.len()), (None, 0));
}

#[tokio::test(start_paused = true)]
async fn an_entry_that_weighs_nothing_counts_as_one() {
    let cache = FnCache::builder().capacity(100).weigh(|_, _| 0).build();
    for id in 0..5000 {
        cache.insert(id, id).await;
        assert!(cache.len() <= 110, "{} at {id}", cache.len());
    }
}

#[tokio::test(start_paused = true)]
async fn of_heavy_entries_a_tenth_too_much_is_held_at_most() {
    const CAPACITY: usize = 1_000_000;

    /// Counts the bytes that live.
    struct Bytes(usize, Arc<AtomicUsize>);

    impl Drop for Bytes {
        fn drop(&mut self) {
            self.1.fetch_sub(self.0, Ordering::SeqCst);
        }
    }

    let live = Arc::new(AtomicUsize::new(0));
    let builder = FnCache::builder().capacity(CAPACITY as u64);
    let weigh = |_: &u32, bytes: &Arc<Bytes>| u32::try_from(bytes.0).unwrap_or(u32::MAX);
    let cache = builder.weigh(weigh).build();
    let mut dice = Dice::new(8);
    for _ in 0..3000 {
        let size = *dice.pick(&[100_000, 300_000, 1_000_000, 1_100_000]);
        live.fetch_add(size, Ordering::SeqCst);
        let bytes = Arc::new(Bytes(size, Arc::clone(&live)));
        cache.insert(dice.below(500), bytes).await;
        let held = live.load(Ordering::SeqCst);
        assert!(held <= CAPACITY / 10 * 11, "{held} of {CAPACITY}");
    }
    cache.invalidate_all().await;
    assert_eq!(live.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn of_the_weight_a_tenth_too_much_is_held_at_most_whatever_the_entries_weigh() {
    const CAPACITY: usize = 1_000_000;

    /// Counts the bytes that live.
    struct Bytes(usize, Arc<AtomicUsize>);

    impl Drop for Bytes {
        fn drop(&mut self) {
            self.1.fetch_sub(self.0, Ordering::SeqCst);
        }
    }

    let live = Arc::new(AtomicUsize::new(0));
    let builder = FnCache::builder().capacity(CAPACITY as u64);
    let weigh = |_: &u32, bytes: &Arc<Bytes>| u32::try_from(bytes.0).unwrap_or(u32::MAX);
    let cache = builder.weigh(weigh).build();
    let mut dice = Dice::new(8);
    for _ in 0..3000 {
        let size = *dice.pick(&[10, 1000, 100_000, 1_000_000, 1_100_000]);
        live.fetch_add(size, Ordering::SeqCst);
        let bytes = Arc::new(Bytes(size, Arc::clone(&live)));
        cache.insert(dice.below(500), bytes).await;
        let held = live.load(Ordering::SeqCst);
        assert!(held <= CAPACITY / 10 * 11, "{held} of {CAPACITY}");
    }
    cache.invalidate_all().await;
    assert_eq!(live.load(Ordering::SeqCst), 0);
}
