//! `capacity`, `weigh`: what is held.

use cached_attr::cached;
use cached_attr_tests::Source;

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
