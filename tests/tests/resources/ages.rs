//! Each resource has an age of its own; the handler has none.

use std::time::Duration;

use cached_attr::{CacheControlExt as _, cached};
use cached_attr_tests::Source;
use tokio::time::advance;

use crate::{MILLISECOND, SECOND};

#[tokio::test(start_paused = true)]
async fn in_an_hour_of_a_call_a_second_each_resource_is_loaded_when_its_ttl_is_over() {
    #[cached(let half_minute = fast.ask_for(Duration::ZERO).await, ttl = "30s", skip(fast))]
    #[cached(let minute = slow.ask_for(Duration::ZERO).await, ttl = "60s", skip(slow))]
    async fn handler(runs: &Source, fast: &Source, slow: &Source) -> (u32, u32) {
        runs.ask();
        (half_minute, minute)
    }

    let (runs, fast, slow) = (Source::new(), Source::new(), Source::new());
    for second in 0..3600 {
        let answer = handler(&runs, &fast, &slow).await;
        assert_eq!(answer, (second / 30 + 1, second / 60 + 1));
        advance(SECOND).await;
    }
    assert_eq!((fast.asked(), slow.asked(), runs.asked()), (120, 60, 3600));
}

#[tokio::test(start_paused = true)]
async fn wishes_of_the_handlers_caller_reach_its_resources() {
    #[cached(let url = source.ask_for(MILLISECOND).await, ttl = "1h", skip(source))]
    async fn handler(source: &Source) -> u32 {
        url
    }

    let source = Source::new();
    assert_eq!(handler(&source).await, 1);
    assert_eq!(handler(&source).no_store().await, 2);
    assert_eq!(handler(&source).await, 1, "nothing was stored");
    assert_eq!(handler(&source).no_cache().await, 3);
    assert_eq!(handler(&source).await, 3);
    advance(10 * SECOND).await;
    assert_eq!(handler(&source).max_age(5 * SECOND).await, 4);
}

#[tokio::test(start_paused = true)]
async fn each_resource_has_a_cache_and_a_key_function_of_its_own() {
    #[cached(let url: u32 = source.ask_for(MILLISECOND * id).await, ttl = "1h", skip(source))]
    #[cached(let token = source.ask_for(MILLISECOND).await, ttl = "1h", skip(source))]
    async fn handler(source: &Source, id: u32) -> (u32, u32) {
        (url, token)
    }

    let source = Source::new();
    handler_url_cache().insert(handler_url_key(5), 50).await;
    assert_eq!(handler(&source, 5).await, (50, 1));
    handler_token_cache().invalidate(()).await;
    assert_eq!(handler(&source, 5).await, (50, 2));
    handler_url_cache().invalidate(5).await;
    assert_eq!(handler(&source, 5).await, (3, 2));
}

#[tokio::test(start_paused = true)]
async fn options_stand_with_the_resource_they_are_for() {
    #[cached(let kept = source.ask_for(MILLISECOND).await, ttl = "1h", skip(source))]
    #[cached(let picked = source.ask_for(MILLISECOND).await, ttl = "1h",
             store_if = |answer| answer % 2 == 0, skip(source))]
    #[cached(let spared = source.ask_for(MILLISECOND).await, ttl = "1h", bypass = away, skip(source))]
    async fn handler(source: &Source, away: bool) -> (u32, u32, u32) {
        (kept, picked, spared)
    }

    let source = Source::new();
    assert_eq!(handler(&source, true).await, (1, 2, 3));
    assert_eq!(handler(&source, true).await, (1, 2, 4));
    assert_eq!(handler(&source, false).await, (1, 2, 5));
    assert_eq!(handler(&source, false).await, (1, 2, 5));
}
