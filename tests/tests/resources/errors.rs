//! A resource that fails ends the handler.

use std::time::Duration;

use cached_attr::cached;
use cached_attr_tests::Source;
use tokio::time::{Instant, sleep};

use crate::{MILLISECOND, SECOND};

#[derive(Clone, Debug, PartialEq)]
struct Failed(&'static str);

async fn fails(name: &'static str, after: Duration) -> Result<u32, Failed> {
    sleep(after).await;
    Err(Failed(name))
}

async fn works(source: &Source, after: Duration) -> Result<u32, Failed> {
    Ok(source.ask_for(after).await)
}

#[tokio::test(start_paused = true)]
async fn the_error_of_one_is_told_without_waiting_for_the_others() {
    #[cached(let slow = works(source, 10 * SECOND).await?, ttl = "1h", skip(source))]
    #[cached(let bad = fails("bad", 100 * MILLISECOND).await?, ttl = "1h")]
    #[cached(let quick = works(source, 10 * MILLISECOND).await?, ttl = "1h", skip(source))]
    async fn handler(source: &Source, runs: &Source) -> Result<u32, Failed> {
        runs.ask();
        Ok(slow + bad + quick)
    }

    let (source, runs) = (Source::new(), Source::new());
    for round in 1..=2 {
        let began = Instant::now();
        assert_eq!(handler(&source, &runs).await, Err(Failed("bad")));
        assert_eq!(began.elapsed(), 100 * MILLISECOND);
        assert_eq!(
            source.asked(),
            1 + round,
            "what was there in time stays; what was dropped is loaded again"
        );
    }
    assert_eq!(handler_quick_cache().len(), 1);
    assert!(handler_slow_cache().is_empty() && handler_bad_cache().is_empty());
    assert_eq!(runs.asked(), 0);
}

#[tokio::test(start_paused = true)]
async fn of_several_errors_at_once_the_first_in_source_order_is_told() {
    #[cached(let good = works(source, MILLISECOND).await?, ttl = "1h", skip(source))]
    #[cached(let first = fails("first", 5 * MILLISECOND).await?, ttl = "1h")]
    #[cached(let second = fails("second", 5 * MILLISECOND).await?, ttl = "1h")]
    async fn handler(source: &Source) -> Result<u32, Failed> {
        Ok(good + first + second)
    }

    let source = Source::new();
    assert_eq!(handler(&source).await, Err(Failed("first")));
}

#[tokio::test(start_paused = true)]
async fn an_error_of_what_another_waits_for_ends_both() {
    #[cached(let url = works(source, token * MILLISECOND).await?, ttl = "1h", skip(source))]
    #[cached(let token = fails("token", MILLISECOND).await?, ttl = "1h")]
    async fn handler(source: &Source) -> Result<u32, Failed> {
        Ok(url + token)
    }

    let source = Source::new();
    assert_eq!(handler(&source).await, Err(Failed("token")));
    assert_eq!(source.asked(), 0);
}

#[tokio::test(start_paused = true)]
async fn errors_become_the_handlers_own_and_none_ends_a_handler_of_options() {
    #[derive(Debug, PartialEq)]
    struct Own(&'static str);

    impl From<Failed> for Own {
        fn from(Failed(name): Failed) -> Self {
            Own(name)
        }
    }

    #[cached(let bad = fails("bad", MILLISECOND).await?, ttl = "1h")]
    async fn converted() -> Result<u32, Own> {
        Ok(bad)
    }

    #[cached(let found = async { source.ask().checked_sub(2) }.await?, ttl = "1h", skip(source))]
    #[cached(let other = source.ask_for(MILLISECOND).await, ttl = "1h", skip(source))]
    async fn optional(source: &Source) -> Option<u32> {
        Some(found + other)
    }

    assert_eq!(converted().await, Err(Own("bad")));
    assert_eq!(optional(&Source::new()).await, None);
}

#[tokio::test(start_paused = true)]
async fn without_a_question_mark_an_error_is_the_handlers_to_look_at_and_is_not_stored() {
    #[cached(let answer = first_fails(source).await, ttl = "1h", skip(source))]
    async fn handler(source: &Source) -> Result<u32, Failed> {
        answer.or(Ok(100))
    }

    async fn first_fails(source: &Source) -> Result<u32, Failed> {
        match source.ask_for(MILLISECOND).await {
            1 => Err(Failed("the first")),
            answer => Ok(answer),
        }
    }

    let source = Source::new();
    assert_eq!(handler(&source).await, Ok(100));
    assert_eq!(handler(&source).await, Ok(2));
    assert_eq!(handler(&source).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn an_old_value_of_a_resource_stands_in_for_its_error() {
    #[cached(let url = first_works(source).await?, ttl = "10s", stale_if_error = "1m", skip(source))]
    #[cached(let token = works(source, MILLISECOND).await?, ttl = "1h", skip(source))]
    async fn handler(source: &Source) -> Result<(u32, u32), Failed> {
        Ok((url, token))
    }

    async fn first_works(source: &Source) -> Result<u32, Failed> {
        match source.ask_for(MILLISECOND).await {
            1 => Ok(1),
            _ => Err(Failed("later")),
        }
    }

    let source = Source::new();
    assert_eq!(handler(&source).await, Ok((1, 2)));
    sleep(69 * SECOND).await;
    assert_eq!(handler(&source).await, Ok((1, 2)));
    assert_eq!(source.asked(), 3);
    sleep(SECOND).await;
    assert_eq!(handler(&source).await, Err(Failed("later")));
}
