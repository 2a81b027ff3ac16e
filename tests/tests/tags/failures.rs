//! Tagged loads that come to nothing.

use cached_attr::{cached, invalidate_tag};
use cached_attr_tests::{Gate, Source, Stepped};

#[tokio::test(start_paused = true)]
async fn a_cancelled_load_is_listed_nowhere_and_its_key_is_free() {
    #[cached(ttl = "1h", skip(source, gate), tags = ["cancelled"])]
    async fn price(source: &Source, gate: &Gate) -> u32 {
        let answer = source.ask();
        gate.pass().await;
        answer
    }

    let (source, gate, open) = (Source::new(), Gate::new(), Gate::opened());
    drop(Stepped::begin(price(&source, &gate)).await);
    assert_eq!(invalidate_tag("cancelled").await.removed, 0);
    assert_eq!(price(&source, &open).await, 2);

    price_cache().invalidate(()).await;
    let leader = Stepped::begin(price(&source, &gate)).await;
    let waiter = Stepped::begin(price(&source, &open)).await;
    invalidate_tag("cancelled").await;
    drop(leader);
    assert_eq!(waiter.finish().await, 4, "a load of its own");
    assert_eq!(price(&source, &open).await, 4);
    assert_eq!(invalidate_tag("cancelled").await.removed, 1);
}

#[tokio::test(start_paused = true)]
async fn a_load_that_panics_after_the_invalidation_leaves_its_key_loadable() {
    #[cached(ttl = "1h", skip(source, gate, panics), tags = ["panics"])]
    async fn price(source: &'static Source, gate: &'static Gate, panics: bool) -> u32 {
        let answer = source.ask();
        gate.pass().await;
        assert!(!panics, "halfway");
        answer
    }

    static SOURCE: Source = Source::new();
    static GATE: Gate = Gate::new();
    let load = tokio::spawn(price(&SOURCE, &GATE, true));
    GATE.arrival().await;
    invalidate_tag("panics").await;
    let later = tokio::spawn(price(&SOURCE, &GATE, false));
    GATE.arrival().await;
    GATE.open();
    assert!(load.await.is_err_and(|error| error.is_panic()));
    assert_eq!(later.await.expect("it does not panic"), 2);
    assert_eq!(price(&SOURCE, &GATE, false).await, 2);
    assert_eq!(invalidate_tag("panics").await.removed, 1);
}

#[tokio::test(start_paused = true)]
async fn a_load_that_fails_after_the_invalidation_stores_nothing() {
    #[cached(ttl = "1h", error_ttl = "1h", skip(source, gate), tags = ["fails"])]
    async fn price(source: &Source, gate: &Gate) -> Result<u32, u32> {
        let answer = source.ask();
        gate.pass().await;
        Err(answer)
    }

    let (source, gate, open) = (Source::new(), Gate::new(), Gate::opened());
    let load = Stepped::begin(price(&source, &gate)).await;
    invalidate_tag("fails").await;
    gate.open();
    assert_eq!(load.finish().await, Err(1));
    assert_eq!(price(&source, &open).await, Err(2));
}
