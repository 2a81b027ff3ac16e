//! Loads: one for all replicas, and who waits for it.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use cached_attr::{CacheControlExt as _, cached};
use cached_attr_fleet::fleet::Fleet;
use tokio::time::Instant;

use crate::support::{Down, Node, Source, begin, eventually, ms, pair};

type Answer = Result<Option<String>, Down>;

#[cached(ttl = "1m", shared, name = "loads.script", skip(source))]
async fn script(source: Arc<Source>, id: u32) -> Answer {
    let _ = id;
    source.load().await
}

#[cached(
    ttl = "1m",
    shared,
    local_ttl = "0",
    name = "loads.strict",
    skip(source)
)]
async fn strict(source: Arc<Source>, id: u32) -> Answer {
    let _ = id;
    source.load().await
}

#[cached(ttl = "1m", shared, store_if = |answer| answer.is_none(), name = "loads.never_stored", skip(source))]
async fn never_stored(source: Arc<Source>, id: u32) -> Answer {
    let _ = id;
    source.load().await
}

impl From<cached_attr::TimedOut> for Down {
    fn from(_: cached_attr::TimedOut) -> Self {
        Down
    }
}

#[cached(
    ttl = "1m",
    shared,
    timeout = "300ms",
    name = "loads.impatient",
    skip(source)
)]
async fn impatient(source: Arc<Source>, id: u32) -> Answer {
    let _ = id;
    source.load().await
}

fn run(number: u32) -> Answer {
    Ok(Some(format!("run {number}")))
}

pub(crate) async fn many_calls_in_two_replicas_load_once(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    let gate = source.close_gate();
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..100 {
        let node = if number % 2 == 0 { &a } else { &b };
        calls.spawn(node.replica.run(script(Arc::clone(&source), 1)));
        if number % 10 == 0 {
            // Some come while the load runs, and after the push of its lease.
            tokio::time::sleep(ms(2)).await;
        }
    }
    gate.add_permits(100);
    while let Some(answer) = calls.join_next().await {
        assert_eq!(answer.expect("an answer"), run(1));
    }
    assert_eq!(source.loads(), 1);
}

/// Begins a call that loads, and lets its lease's push arrive.
async fn begin_load(
    node: &Node,
    source: &Arc<Source>,
    call: impl Future<Output = Answer> + Send + 'static,
) -> tokio::task::JoinHandle<Answer> {
    let begun = source.begun.notified();
    let running = tokio::spawn(node.replica.run(call));
    begun.await;
    tokio::time::sleep(ms(50)).await;
    running
}

pub(crate) async fn a_call_after_the_lease_shares_an_answer_that_is_not_stored(fleet: &dyn Fleet) {
    let (a, _) = pair(fleet).await;
    let source = Source::of("run 1");
    let gate = source.close_gate();
    let first = begin_load(&a, &source, never_stored(Arc::clone(&source), 1)).await;
    let second = tokio::spawn(a.replica.run(never_stored(Arc::clone(&source), 1)));
    tokio::time::sleep(ms(50)).await;
    gate.add_permits(1);
    assert_eq!(first.await.expect("an answer"), run(1));
    assert_eq!(second.await.expect("an answer"), run(1));
    assert_eq!(source.loads(), 1);
    let stats = a.run(async { never_stored_cache().stats() }).await;
    assert_eq!((stats.loads, stats.collapsed), (1, 1), "{stats}");
}

pub(crate) async fn a_call_after_the_lease_shares_an_error(fleet: &dyn Fleet) {
    let (a, _) = pair(fleet).await;
    let source = Source::of("run 1");
    source.set_down(true);
    let gate = source.close_gate();
    let first = begin_load(&a, &source, script(Arc::clone(&source), 1)).await;
    let second = tokio::spawn(a.replica.run(script(Arc::clone(&source), 1)));
    tokio::time::sleep(ms(50)).await;
    gate.add_permits(1);
    assert_eq!(first.await.expect("an answer"), Err(Down));
    assert_eq!(second.await.expect("an answer"), Err(Down));
    assert_eq!(source.loads(), 1);
}

pub(crate) async fn a_strict_call_beside_an_old_load_joins_it_while_its_lease_stands(
    fleet: &dyn Fleet,
) {
    let (a, _) = pair(fleet).await;
    let source = Source::of("run 1");
    let gate = source.close_gate();
    let first = begin_load(&a, &source, strict(Arc::clone(&source), 1)).await;
    let second = tokio::spawn(a.replica.run(strict(Arc::clone(&source), 1)));
    tokio::time::sleep(ms(50)).await;
    gate.add_permits(1);
    assert_eq!(first.await.expect("an answer"), run(1));
    assert_eq!(second.await.expect("an answer"), run(1));
    assert_eq!(source.loads(), 1);
}

pub(crate) async fn a_strict_call_does_not_join_a_load_from_before_an_invalidation(
    fleet: &dyn Fleet,
) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    let gate = source.close_gate();
    let old = begin_load(&a, &source, strict(Arc::clone(&source), 1)).await;
    source.set("run 2");
    b.run(strict_cache().invalidate(1)).await;
    // At once: no push is waited for.
    let new = tokio::spawn(a.replica.run(strict(Arc::clone(&source), 1)));
    eventually("a second load", async || source.loads() == 2).await;
    gate.add_permits(2);
    assert_eq!(old.await.expect("an answer"), run(1));
    assert_eq!(new.await.expect("an answer"), run(2));
    assert_eq!(b.run(strict(Arc::clone(&source), 1)).await, run(2));
}

pub(crate) async fn a_caller_without_old_answers_gets_none_of_the_tier(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    assert_eq!(a.run(script(Arc::clone(&source), 1)).await, run(1));
    source.set("run 2");
    let old = b.run(script(Arc::clone(&source), 1).max_age(Duration::from_secs(30)));
    assert_eq!(old.await, run(1));
    let new = b.run(script(Arc::clone(&source), 1).max_age(Duration::ZERO));
    assert_eq!(new.await, run(2));
    eventually("the new record", async || {
        a.run(script(Arc::clone(&source), 1)).await == run(2)
    })
    .await;
    assert_eq!(source.loads(), 2);
}

pub(crate) async fn a_load_that_nobody_polls_does_not_hold_up_its_own_task(fleet: &dyn Fleet) {
    let (a, _) = pair(fleet).await;
    let source = Source::of("run 1");
    let gate = source.close_gate();
    let mut first = pin!(a.run(script(Arc::clone(&source), 1)));
    begin(first.as_mut(), &source).await;
    tokio::time::sleep(ms(50)).await;
    gate.add_permits(2);
    // The same task, which polls the first call no more.
    let began = Instant::now();
    assert_eq!(a.run(script(Arc::clone(&source), 1)).await, run(1));
    assert!(began.elapsed() < ms(2_000), "{:?}", began.elapsed());
    assert_eq!(first.await, run(1));
}

pub(crate) async fn a_call_that_is_dropped_frees_the_key_for_the_others(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    let gate = source.close_gate();
    let first = begin_load(&a, &source, script(Arc::clone(&source), 1)).await;
    let second = tokio::spawn(b.replica.run(script(Arc::clone(&source), 1)));
    tokio::time::sleep(ms(20)).await;
    assert_eq!(source.loads(), 1);
    first.abort();
    gate.add_permits(1);
    let began = Instant::now();
    assert_eq!(second.await.expect("an answer"), run(1));
    assert!(began.elapsed() < ms(2_000), "not at the end of the lease");
}

pub(crate) async fn a_timeout_bounds_the_wait_for_another_replica(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    source.close_gate();
    let first = begin_load(&a, &source, impatient(Arc::clone(&source), 1)).await;
    let began = Instant::now();
    assert_eq!(b.run(impatient(Arc::clone(&source), 1)).await, Err(Down));
    assert!(began.elapsed() < ms(1_000), "{:?}", began.elapsed());
    assert_eq!(first.await.expect("an answer"), Err(Down));
}
