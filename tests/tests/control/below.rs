//! What a strict caller gets is made of answers as young as it accepts.

use std::time::Duration;

use cached_attr::{CacheControlExt as _, cached};
use cached_attr_tests::{Gate, Source, Stepped};

#[tokio::test(start_paused = true)]
async fn a_strict_caller_is_never_answered_by_a_lax_load() {
    #[cached(ttl = "1h", skip(source))]
    async fn deep(source: &Source) -> u32 {
        source.ask()
    }

    #[cached(ttl = "1h", skip(source, gate))]
    async fn top(source: &Source, gate: &Gate) -> u32 {
        gate.pass().await;
        deep(source).await
    }

    let (source, closed, open) = (Source::new(), Gate::new(), Gate::opened());
    assert_eq!(deep(&source).await, 1);
    let cancelled = Stepped::begin(top(&source, &closed).max_age(Duration::ZERO)).await;
    let strict = Stepped::begin(top(&source, &open).max_age(Duration::ZERO)).await;
    drop(cancelled);
    // Begun after the strict call, but content with what `deep` remembers.
    assert_eq!(top(&source, &open).await, 1);
    assert_eq!(
        strict.finish().await,
        2,
        "everything below a strict caller is loaded afresh"
    );
}

#[tokio::test(start_paused = true)]
async fn a_strict_caller_is_never_answered_by_a_lax_load_that_follows_a_failed_one() {
    #[derive(Debug, PartialEq)]
    struct Private;

    #[cached(ttl = "1h", skip(source))]
    async fn deep(source: &Source) -> u32 {
        source.ask()
    }

    #[cached(ttl = "1h", skip(source, gate, fails))]
    async fn top(source: &Source, gate: &Gate, fails: bool) -> Result<u32, Private> {
        gate.pass().await;
        if fails {
            return Err(Private);
        }
        Ok(deep(source).await)
    }

    let (source, gate, open) = (Source::new(), Gate::new(), Gate::opened());
    assert_eq!(deep(&source).await, 1);
    let failing = Stepped::begin(top(&source, &gate, true).max_age(Duration::ZERO)).await;
    let strict = Stepped::begin(top(&source, &open, false).max_age(Duration::ZERO)).await;
    gate.open();
    assert_eq!(failing.finish().await, Err(Private));
    assert_eq!(top(&source, &open, false).await, Ok(1));
    assert_eq!(strict.finish().await, Ok(2));
}
