//! `store_if`, `negative_ttl`, `error_ttl`: which answers are stored, and for how long.

use std::time::Duration;

use cached_attr::cached;
use cached_attr_tests::Source;
use tokio::time::{advance, sleep};

#[tokio::test(start_paused = true)]
async fn store_if_picks_what_is_stored() {
    #[cached(ttl = "1m", store_if = |list| !list.is_empty(), skip(source))]
    async fn list(source: &Source) -> Result<Vec<u32>, String> {
        Ok(match source.ask() {
            1 => vec![],
            answer => vec![answer],
        })
    }

    let source = Source::new();
    assert_eq!(list(&source).await, Ok(vec![]));
    assert!(list_cache().is_empty());
    assert_eq!(list(&source).await, Ok(vec![2]));
    assert_eq!(list(&source).await, Ok(vec![2]));
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_get_an_answer_that_is_not_stored() {
    #[cached(ttl = "1m", store_if = |_| false, skip(source))]
    async fn never_stored(source: &Source) -> u32 {
        source.ask_for(Duration::from_secs(1)).await
    }

    let source = Source::new();
    let answers = async { tokio::join!(never_stored(&source), never_stored(&source)) };
    assert_eq!(answers.await, (1, 1));
    assert_eq!(never_stored(&source).await, 2);
    let stats = never_stored_cache().stats();
    assert_eq!((stats.stored, stats.superseded, stats.collapsed), (0, 0, 1));
}

#[tokio::test(start_paused = true)]
async fn an_absent_thing_is_an_answer_too() {
    #[cached(ttl = "1m", skip(source))]
    async fn find(source: &Source) -> Result<Option<u32>, String> {
        source.ask();
        Ok(None)
    }

    let source = Source::new();
    for _ in 0..3 {
        assert_eq!(find(&source).await, Ok(None));
    }
    assert_eq!(source.asked(), 1);
    assert_eq!(find_cache().get(()).await, Some(None));
}

#[tokio::test(start_paused = true)]
async fn negative_ttl_is_the_lifetime_of_absent_things_in_results_and_options() {
    type Maybe<T> = Option<T>;

    #[cached(ttl = "1m", negative_ttl = "5s", skip(source))]
    async fn in_result(source: &Source, exists: bool) -> Result<Option<u32>, String> {
        let answer = source.ask();
        Ok(exists.then_some(answer))
    }

    #[cached(ttl = "1m", negative_ttl = 5, skip(source))]
    async fn in_option(source: &Source, exists: bool) -> Maybe<u32> {
        let answer = source.ask();
        exists.then_some(answer)
    }

    let (results, options) = (Source::new(), Source::new());
    for (seconds, asked) in [(0, 2), (4, 2), (1, 3), (5, 4), (51, 6)] {
        advance(Duration::from_secs(seconds)).await;
        for exists in [true, false] {
            assert_eq!(
                in_result(&results, exists)
                    .await
                    .map(|found| found.is_some()),
                Ok(exists)
            );
            assert_eq!(in_option(&options, exists).await.is_some(), exists);
        }
        assert_eq!((results.asked(), options.asked()), (asked, asked));
    }
}

#[tokio::test(start_paused = true)]
async fn a_zero_negative_ttl_does_not_store_absent_things() {
    #[cached(ttl = "1m", negative_ttl = "0s", skip(source))]
    async fn found(source: &Source, exists: bool) -> Option<u32> {
        let answer = source.ask();
        exists.then_some(answer)
    }

    let source = Source::new();
    assert_eq!(
        (found(&source, false).await, found(&source, false).await),
        (None, None)
    );
    assert_eq!(
        (found(&source, true).await, found(&source, true).await),
        (Some(3), Some(3))
    );
}

#[tokio::test(start_paused = true)]
async fn error_ttl_remembers_errors_that_long() {
    #[cached(ttl = "1m", error_ttl = "5s", skip(source))]
    async fn failing(source: &Source) -> Result<u32, String> {
        match source.ask() {
            answer @ 1..=2 => Err(format!("down {answer}")),
            answer => Ok(answer),
        }
    }

    let source = Source::new();
    assert_eq!(failing(&source).await, Err("down 1".to_owned()));
    advance(Duration::from_secs(5) - Duration::from_millis(1)).await;
    assert_eq!(failing(&source).await, Err("down 1".to_owned()));
    advance(Duration::from_millis(1)).await;
    assert_eq!(failing(&source).await, Err("down 2".to_owned()));
    failing_cache().invalidate(()).await;
    assert_eq!(failing(&source).await, Ok(3), "an invalidation ends it");
    assert_eq!(failing(&source).await, Ok(3));
}

#[tokio::test(start_paused = true)]
async fn get_does_not_give_a_remembered_error() {
    #[cached(ttl = "1m", error_ttl = "5s")]
    async fn down() -> Result<u32, String> {
        Err("down".to_owned())
    }

    let _ = down().await;
    let _ = down().await;
    assert_eq!(down_cache().get(()).await, None);
    assert_eq!(down_cache().stats().loads, 1);
}

#[tokio::test(start_paused = true)]
async fn an_error_does_not_remove_a_good_answer_of_another_key() {
    #[cached(ttl = "1m", skip(source))]
    async fn keyed(source: &Source, id: u32) -> Result<u32, String> {
        sleep(Duration::from_millis(1)).await;
        if id == 0 {
            Err("zero".to_owned())
        } else {
            Ok(source.ask())
        }
    }

    let source = Source::new();
    assert_eq!(keyed(&source, 1).await, Ok(1));
    assert!(keyed(&source, 0).await.is_err());
    assert_eq!(keyed(&source, 1).await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn store_if_and_negative_ttl_work_together() {
    #[cached(ttl = "1m", negative_ttl = "10s", store_if = |found| *found != Some(1), skip(source))]
    async fn both(source: &Source, exists: bool) -> Option<u32> {
        let answer = source.ask();
        exists.then_some(answer)
    }

    let source = Source::new();
    assert_eq!(both(&source, true).await, Some(1));
    assert_eq!(both(&source, true).await, Some(2));
    assert_eq!(both(&source, false).await, None);
    advance(Duration::from_secs(9)).await;
    assert_eq!(
        (both(&source, true).await, both(&source, false).await),
        (Some(2), None)
    );
    assert_eq!(source.asked(), 3);
}
