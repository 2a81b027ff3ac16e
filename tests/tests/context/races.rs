//! What happens to a value while a load compares with it.

use std::sync::Arc;

use cached_attr::{LoadContext, TimedOut, cached};
use cached_attr_tests::{Gate, Source, Stepped};
use tokio::time::advance;

use crate::{SECOND, Tag};

/// What the source has not changed since the first load.
async fn unchanged(load: &LoadContext<Arc<str>>, source: &Source, gate: &Gate) -> Arc<str> {
    let asked = source.ask();
    gate.pass().await;
    if load.kept() == Some(&Tag(7))
        && let Some(page) = load.not_modified()
    {
        return page;
    }
    load.keep(Tag(7));
    format!("load {asked}").into()
}

#[cached(ttl = "1m", context = load, skip(source, gate))]
async fn page(source: &Source, gate: &Gate, path: &str) -> Arc<str> {
    unchanged(&load, source, gate).await
}

#[tokio::test(start_paused = true)]
async fn whoever_takes_a_cancelled_load_over_compares_too() {
    let (source, gate, opened) = (Source::new(), Gate::new(), Gate::opened());
    let old = page(&source, &opened, "a").await;
    advance(60 * SECOND).await;
    let first = Stepped::begin(page(&source, &gate, "a")).await;
    let second = Stepped::begin(page(&source, &opened, "a")).await;
    drop(first);
    assert!(Arc::ptr_eq(&old, &second.finish().await));
    assert!(Arc::ptr_eq(&old, &page(&source, &opened, "a").await));
    assert_eq!(source.asked(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_value_that_was_invalidated_during_its_renewal_is_not_stored_again() {
    let (source, gate, opened) = (Source::new(), Gate::new(), Gate::opened());
    let old = page(&source, &opened, "b").await;
    advance(60 * SECOND).await;
    let renewing = Stepped::begin(page(&source, &gate, "b")).await;
    page_cache().invalidate("b").await;
    let later = Stepped::begin(page(&source, &gate, "b")).await;
    gate.open();
    let (renewed, later) = (renewing.finish().await, later.finish().await);
    assert!(Arc::ptr_eq(&old, &renewed), "it came before");
    assert_eq!(&*later, "load 3");
    assert_eq!(&*page(&source, &gate, "b").await, "load 3");
}

#[tokio::test(start_paused = true)]
async fn what_is_inserted_during_a_renewal_stays() {
    let (source, gate) = (Source::new(), Gate::new());
    page(&source, &Gate::opened(), "c").await;
    advance(60 * SECOND).await;
    let renewing = Stepped::begin(page(&source, &gate, "c")).await;
    page_cache().insert("c".into(), "by hand".into()).await;
    gate.open();
    assert_eq!(&*renewing.finish().await, "load 1");
    assert_eq!(&*page(&source, &gate, "c").await, "by hand");
    advance(60 * SECOND).await;
    assert_eq!(
        &*page(&source, &gate, "c").await,
        "load 3",
        "nothing was kept with it"
    );
}

#[tokio::test(start_paused = true)]
async fn while_it_is_written_nothing_is_renewed() {
    let (source, opened) = (Source::new(), Gate::opened());
    page(&source, &opened, "d").await;
    advance(60 * SECOND).await;
    let written = page_cache().write("d").await;
    assert_eq!(&*page(&source, &opened, "d").await, "load 2");
    written.commit().await;
    assert_eq!(&*page(&source, &opened, "d").await, "load 3");
}

#[tokio::test(start_paused = true)]
async fn a_value_is_kept_for_a_day_past_its_ttl() {
    // Of its own: what the clock of this test frees may be fresh by that of another.
    #[cached(ttl = "1m", context = load, skip(source, gate))]
    async fn page(source: &Source, gate: &Gate, path: &str) -> Arc<str> {
        unchanged(&load, source, gate).await
    }

    let (source, opened) = (Source::new(), Gate::opened());
    let old = page(&source, &opened, "e").await;
    advance(86_400 * SECOND).await;
    page_cache().free_expired();
    assert!(Arc::ptr_eq(&old, &page(&source, &opened, "e").await));
    // Deadlines are rounded up, by a sixteenth at most.
    advance(2 * 86_400 * SECOND).await;
    page_cache().free_expired();
    assert!(page_cache().is_empty());
    assert_eq!(&*page(&source, &opened, "e").await, "load 3");
}

#[derive(Clone, Debug, PartialEq)]
enum Fault {
    Down,
    Slow,
}

impl From<TimedOut> for Fault {
    fn from(_: TimedOut) -> Self {
        Fault::Slow
    }
}

#[tokio::test(start_paused = true)]
async fn a_load_that_fails_leaves_the_value_for_the_next() {
    #[cached(ttl = "1m", timeout = "10s", context = load, skip(source, gate, fails))]
    async fn page(source: &Source, gate: &Gate, fails: bool) -> Result<Arc<str>, Fault> {
        let answer = unchanged(&load, source, gate).await;
        if fails { Err(Fault::Down) } else { Ok(answer) }
    }

    let (source, closed, opened) = (Source::new(), Gate::new(), Gate::opened());
    let old = page(&source, &opened, false).await.expect("no fault");
    advance(60 * SECOND).await;
    assert_eq!(page(&source, &opened, true).await, Err(Fault::Down));
    assert_eq!(page(&source, &closed, false).await, Err(Fault::Slow));
    let renewed = page(&source, &opened, false).await.expect("no fault");
    assert!(Arc::ptr_eq(&old, &renewed));
}

#[tokio::test(start_paused = true)]
async fn a_load_that_goes_on_in_the_background_renews_the_value() {
    #[cached(ttl = "1m", timeout = "1h", soft_timeout = "1s", stale_if_error = "1h", context = load, skip(source, gate))]
    async fn page(source: Arc<Source>, gate: Arc<Gate>) -> Result<Arc<str>, Fault> {
        Ok(unchanged(&load, &source, &gate).await)
    }

    let (source, gate) = (Arc::new(Source::new()), Arc::new(Gate::new()));
    let opened = Arc::new(Gate::opened());
    let old = page(source.clone(), opened).await.expect("no fault");
    advance(60 * SECOND).await;
    let stale = page(source.clone(), gate.clone()).await.expect("no fault");
    assert!(Arc::ptr_eq(&old, &stale));
    gate.open();
    cached_attr::flush_background().await;
    let renewed = page(source.clone(), gate).await.expect("no fault");
    assert!(Arc::ptr_eq(&old, &renewed));
    assert_eq!(source.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_may_use_the_context_when_it_is_dropped() {
    struct Kept(LoadContext<u32>);

    impl Drop for Kept {
        fn drop(&mut self) {
            self.0.no_store();
        }
    }

    #[cached(ttl = "1m", context = load, skip(source))]
    #[allow(clippy::unused_async, reason = "it stands for a request")]
    async fn value(source: &Source) -> u32 {
        load.keep(Kept(load.clone()));
        load.keep(());
        source.ask()
    }

    let source = Source::new();
    assert_eq!((value(&source).await, value(&source).await), (1, 2));
}
