//! `ttl`: how long an answer is trusted.

use std::time::Duration;

use cached_attr::cached;
use cached_attr_tests::{Gate, Source, Stepped};
use tokio::time::advance;

const MILLISECOND: Duration = Duration::from_millis(1);

#[cached(ttl = "1m 30s", skip(source))]
async fn as_text(source: &Source) -> u32 {
    source.ask()
}

#[cached(ttl = 90, skip(source))]
async fn as_seconds(source: &Source) -> u32 {
    source.ask()
}

const fn lifetime() -> Duration {
    Duration::from_secs(90)
}

#[cached(ttl = lifetime(), skip(source))]
async fn as_expression(source: &Source) -> u32 {
    source.ask()
}

#[cached(ttl = Duration::from_secs(45) * 2, skip(source))]
async fn as_arithmetic(source: &Source) -> u32 {
    source.ask()
}

#[cached(ttl = |_| Duration::from_secs(90), skip(source))]
async fn as_closure(source: &Source) -> u32 {
    source.ask()
}

macro_rules! lives_ninety_seconds {
    ($($function:ident),*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $function() {
            let source = Source::new();
            assert_eq!(super::$function(&source).await, 1);
            advance(Duration::from_secs(90) - MILLISECOND).await;
            assert_eq!(super::$function(&source).await, 1, "a hit while its age is below the ttl");
            advance(MILLISECOND).await;
            assert_eq!(super::$function(&source).await, 2, "none when its age is the ttl");
            advance(Duration::from_secs(1000)).await;
            assert_eq!(super::$function(&source).await, 3);
        }
    )*};
}

/// However it is written, `ttl` is kept to the millisecond.
mod every_form_is_kept_to_the_millisecond {
    use super::*;

    lives_ninety_seconds!(
        as_text,
        as_seconds,
        as_expression,
        as_arithmetic,
        as_closure
    );
}

#[tokio::test(start_paused = true)]
async fn a_hit_does_not_lengthen_a_life() {
    #[cached(ttl = "10s", skip(source))]
    async fn often_read(source: &Source) -> u32 {
        source.ask()
    }

    let source = Source::new();
    for _ in 0..10 {
        assert_eq!(often_read(&source).await, 1);
        advance(Duration::from_secs(1)).await;
    }
    assert_eq!(often_read(&source).await, 2);
}

#[tokio::test(start_paused = true)]
async fn ttl_counts_from_the_start_of_the_load() {
    #[cached(ttl = "10s", skip(source, gate))]
    async fn slow(source: &Source, gate: &Gate) -> u32 {
        let answer = source.ask();
        gate.pass().await;
        answer
    }

    let (source, gate) = (Source::new(), Gate::new());
    let load = Stepped::begin(slow(&source, &gate)).await;
    advance(Duration::from_secs(6)).await;
    gate.open();
    assert_eq!(load.finish().await, 1);
    assert_eq!(slow_cache().age(()), Some(Duration::from_secs(6)));

    advance(Duration::from_millis(3999)).await;
    assert_eq!(slow(&source, &gate).await, 1);
    advance(MILLISECOND).await;
    assert_eq!(slow(&source, &gate).await, 2);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_took_longer_than_its_ttl_is_old_at_once() {
    #[cached(ttl = "10s", skip(source))]
    async fn slower(source: &Source) -> u32 {
        source.ask_for(Duration::from_secs(11)).await
    }

    let source = Source::new();
    let (one, other) = tokio::join!(slower(&source), slower(&source));
    assert_eq!((one, other), (1, 1), "those who waited for it get it");
    assert_eq!(slower(&source).await, 2);
}

#[tokio::test(start_paused = true)]
async fn each_value_may_say_how_long_it_lives() {
    #[derive(Clone, Debug, PartialEq)]
    struct Token {
        number: u32,
        seconds: u64,
    }

    #[cached(ttl = |token| Duration::from_secs(token.seconds), skip(source))]
    async fn token(source: &Source, seconds: u64) -> Result<Token, String> {
        Ok(Token {
            number: source.ask(),
            seconds,
        })
    }

    let source = Source::new();
    let number = async |seconds| token(&source, seconds).await.map(|token| token.number);
    assert_eq!((number(5).await, number(50).await), (Ok(1), Ok(2)));
    advance(Duration::from_secs(5)).await;
    assert_eq!((number(5).await, number(50).await), (Ok(3), Ok(2)));
    assert_eq!(number(0).await, Ok(4));
    assert_eq!(number(0).await, Ok(5), "what says zero is not stored");
}

#[tokio::test(start_paused = true)]
async fn never_means_for_ever() {
    #[cached(ttl = never, skip(source))]
    async fn constant(source: &Source) -> u32 {
        source.ask()
    }

    let source = Source::new();
    constant(&source).await;
    advance(Duration::from_secs(60 * 60 * 24 * 365 * 20)).await;
    assert_eq!(constant(&source).await, 1);
}

#[cached(ttl = 0, skip(source))]
async fn zero_seconds(source: &Source) -> u32 {
    source.ask()
}

#[cached(ttl = "0s", skip(source))]
async fn zero_text(source: &Source) -> u32 {
    source.ask()
}

#[cached(ttl = Duration::ZERO, skip(source))]
async fn zero_expression(source: &Source) -> u32 {
    source.ask()
}

#[tokio::test(start_paused = true)]
async fn a_zero_ttl_turns_the_cache_off() {
    let source = Source::new();
    assert_eq!(
        (zero_seconds(&source).await, zero_seconds(&source).await),
        (1, 2)
    );
    assert_eq!((zero_text(&source).await, zero_text(&source).await), (3, 4));
    assert_eq!(
        (
            zero_expression(&source).await,
            zero_expression(&source).await
        ),
        (5, 6)
    );
    for cache in [
        zero_seconds_cache(),
        zero_text_cache(),
        zero_expression_cache(),
    ] {
        assert_eq!((cache.stats().bypassed, cache.stats().loads), (2, 0));
        assert!(!cache.stats().enabled);
        assert!(cache.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn with_a_zero_ttl_calls_do_not_wait_for_each_other() {
    #[cached(ttl = 0)]
    async fn apart(gate: u32) -> u32 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        gate
    }

    let calls = async { tokio::join!(apart(1), apart(1), apart(1)) };
    assert_eq!(calls.await, (1, 1, 1));
    assert_eq!(apart_cache().stats().collapsed, 0);
    assert_eq!(apart_cache().stats().bypassed, 3);
}
