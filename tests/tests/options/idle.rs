//! `tti`: what nobody reads leaves.

use std::time::Duration;

use cached_attr::cached;
use cached_attr_tests::Source;
use tokio::time::advance;

#[tokio::test(start_paused = true)]
async fn tti_drops_an_entry_that_nobody_reads() {
    #[cached(ttl = "1h", tti = "10s", skip(source))]
    async fn idle(source: &Source, id: u32) -> u32 {
        let _ = id;
        source.ask()
    }

    let source = Source::new();
    assert_eq!((idle(&source, 1).await, idle(&source, 2).await), (1, 2));
    for _ in 0..5 {
        advance(Duration::from_secs(9)).await;
        assert_eq!(idle(&source, 1).await, 1, "each read lengthens its stay");
    }
    assert_eq!(idle(&source, 2).await, 3, "nobody had read it");
    advance(Duration::from_secs(10)).await;
    assert_eq!(idle(&source, 1).await, 4);
}

#[tokio::test(start_paused = true)]
async fn tti_does_not_lengthen_the_ttl() {
    #[cached(ttl = "10s", tti = "1h", skip(source))]
    async fn old(source: &Source) -> u32 {
        source.ask()
    }

    let source = Source::new();
    old(&source).await;
    advance(Duration::from_secs(10)).await;
    assert_eq!(old(&source).await, 2);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_took_longer_than_tti_is_not_idle_at_birth() {
    #[cached(ttl = "10m", tti = "1s", skip(source))]
    async fn slow(source: &Source) -> u32 {
        source.ask_for(Duration::from_millis(1500)).await
    }

    let source = Source::new();
    for _ in 0..3 {
        assert_eq!(slow(&source).await, 1);
    }
    advance(Duration::from_secs(1)).await;
    assert_eq!(slow(&source).await, 2, "nobody read it for a second");
}
