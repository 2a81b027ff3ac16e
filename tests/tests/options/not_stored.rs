//! A completed load has the last word, also where its answer is not stored: no older answer outlives it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cached_attr::{CacheControlExt as _, FnCache, cached};
use cached_attr_tests::Source;
use tokio::time::advance;

/// A row of a database.
#[derive(Default)]
struct Row {
    deleted: AtomicBool,
    source: Source,
}

impl Row {
    fn read(&self) -> Option<u32> {
        let answer = self.source.ask();
        (!self.deleted.load(Ordering::Relaxed)).then_some(answer)
    }
}

#[tokio::test(start_paused = true)]
async fn an_absence_that_may_not_be_kept_removes_the_older_answer() {
    #[cached(ttl = "1h", negative_ttl = "0s", skip(row))]
    async fn find(row: &Row, id: u32) -> Option<u32> {
        row.read().map(|answer| answer + id)
    }

    let row = Row::default();
    assert_eq!(
        (find(&row, 10).await, find(&row, 20).await),
        (Some(11), Some(22))
    );
    row.deleted.store(true, Ordering::Relaxed);
    assert_eq!(find(&row, 10).await, Some(11), "nobody has looked since");
    assert_eq!(find(&row, 10).max_age(Duration::ZERO).await, None);
    assert_eq!(find(&row, 10).await, None);
    assert_eq!(find_cache().age(10), None, "removed");
    assert_eq!(find(&row, 20).await, Some(22), "other keys keep theirs");
}

#[tokio::test(start_paused = true)]
async fn such_an_absence_is_not_made_good_by_stale_if_error() {
    #[cached(
        ttl = "1h",
        negative_ttl = "0s",
        stale_if_error = "1h",
        skip(row, fails)
    )]
    async fn find(row: &Row, fails: bool) -> Result<Option<u32>, &'static str> {
        if fails { Err("down") } else { Ok(row.read()) }
    }

    let row = Row::default();
    assert_eq!(find(&row, false).await, Ok(Some(1)));
    row.deleted.store(true, Ordering::Relaxed);
    assert_eq!(find(&row, false).no_cache().await, Ok(None));
    assert_eq!(find(&row, true).await, Err("down"), "the row was deleted");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_store_if_declines_expires_the_older_one() {
    #[cached(ttl = "1h", store_if = |answer| *answer != 2, skip(source))]
    async fn price(source: &Source) -> u32 {
        source.ask()
    }

    let source = Source::new();
    assert_eq!(price(&source).await, 1);
    assert_eq!(price(&source).max_age(Duration::ZERO).await, 2);
    assert_eq!(price(&source).await, 3, "the first one is served no more");
    assert_eq!(price(&source).await, 3);
}

#[tokio::test(start_paused = true)]
async fn what_store_if_has_expired_is_served_when_the_next_load_fails() {
    #[cached(ttl = "1h", stale_if_error = "10m", store_if = |answer| *answer != 2, skip(source))]
    async fn price(source: &Source) -> Result<u32, &'static str> {
        match source.ask() {
            answer @ ..=2 => Ok(answer),
            _ => Err("down"),
        }
    }

    let source = Source::new();
    assert_eq!(price(&source).await, Ok(1));
    advance(Duration::from_secs(60)).await;
    assert_eq!(price(&source).no_cache().await, Ok(2));
    let (answer, status) = price(&source).with_status().await;
    assert_eq!((answer, status.stale), (Ok(1), true));
    assert_eq!(source.asked(), 3);
    advance(Duration::from_secs(600)).await;
    assert_eq!(
        price(&source).await,
        Err("down"),
        "the window counts from when the answer was declined"
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_whose_own_ttl_is_zero_or_that_is_too_heavy_expires_the_older_one() {
    #[cached(ttl = |age| Duration::from_secs(*age), skip(age))]
    async fn by_age(age: u64) -> u64 {
        age
    }

    #[cached(ttl = "1h", cache = cache, skip(cache, weight))]
    async fn by_weight(cache: &FnCache<(), u32>, weight: u32) -> u32 {
        let _ = cache;
        weight
    }

    assert_eq!((by_age(60).await, by_age(0).no_cache().await), (60, 0));
    assert_eq!(by_age(5).await, 5);

    let builder = FnCache::builder().capacity(100);
    let cache = builder.weigh(|(), weight| *weight).build();
    assert_eq!(by_weight(&cache, 60).await, 60);
    assert_eq!(by_weight(&cache, 101).no_cache().await, 101);
    assert_eq!(by_weight(&cache, 5).await, 5);
}
