//! A writer of which nobody knows whether it has written invalidates as well.

use cached_attr::{cached, invalidates};
use cached_attr_tests::{Gate, Source, Stepped};

macro_rules! script {
    ($name:ident) => {
        #[cached(ttl = "1h", skip(source, gate))]
        async fn $name(source: &Source, gate: &Gate) -> u32 {
            let answer = source.ask();
            gate.pass().await;
            answer
        }
    };
}

#[tokio::test(start_paused = true)]
async fn a_writer_dropped_at_an_await_invalidates() {
    script!(script);

    #[invalidates(script())]
    async fn write(gate: &Gate) -> Result<(), String> {
        gate.pass().await;
        Ok(())
    }

    let (source, open, closed) = (Source::new(), Gate::opened(), Gate::new());
    assert_eq!(script(&source, &open).await, 1);
    let writer = Stepped::begin(write(&closed)).await;
    assert_eq!(script(&source, &open).await, 1);
    drop(writer);
    assert_eq!(script(&source, &open).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_load_that_began_before_a_writer_was_dropped_is_not_stored() {
    script!(script);

    #[invalidates(script())]
    async fn write(gate: &Gate) {
        gate.pass().await;
    }

    let (source, open) = (Source::new(), Gate::opened());
    let (gate, closed) = (Gate::new(), Gate::new());
    let writer = Stepped::begin(write(&closed)).await;
    let load = Stepped::begin(script(&source, &gate)).await;
    drop(writer);
    gate.open();
    assert_eq!(load.finish().await, 1);
    assert_eq!(script(&source, &open).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_writer_that_panics_invalidates() {
    script!(script);

    #[invalidates(script())]
    async fn write() -> Result<(), String> {
        tokio::task::yield_now().await;
        panic!("halfway through");
    }

    let (source, open) = (Source::new(), Gate::opened());
    assert_eq!(script(&source, &open).await, 1);
    let ended = tokio::spawn(write()).await;
    assert!(ended.is_err_and(|error| error.is_panic()));
    assert_eq!(script(&source, &open).await, 2);
}

#[tokio::test(start_paused = true)]
async fn a_writer_that_never_began_invalidates_nothing() {
    script!(script);

    #[invalidates(script(), before, always)]
    async fn write() {}

    let (source, open) = (Source::new(), Gate::opened());
    assert_eq!(script(&source, &open).await, 1);
    drop(write());
    assert_eq!(script(&source, &open).await, 1);
}

#[tokio::test(start_paused = true)]
async fn every_target_of_a_dropped_writer_is_invalidated() {
    script!(one);
    script!(other);

    #[invalidates(one(), other())]
    async fn write(gate: &Gate) {
        gate.pass().await;
    }

    let (source, open) = (Source::new(), Gate::opened());
    assert_eq!(one(&source, &open).await, 1);
    assert_eq!(other(&source, &open).await, 2);
    drop(Stepped::begin(write(&Gate::new())).await);
    assert!(one_cache().is_empty() && other_cache().is_empty());
}
