//! The tier away: calls go on without it, and nothing is forgotten.

use cached_attr::{CacheControlExt as _, TierReach, cached};
use cached_attr_fleet::fleet::Fleet;
use tokio::time::Instant;

use crate::support::{Down, Node, Source, eventually, ms, pair};

type Answer = Result<Option<String>, Down>;

#[cached(ttl = "1m", shared, name = "outages.script", skip(source))]
async fn script(source: &Source, id: u32) -> Answer {
    let _ = id;
    source.load().await
}

#[cached(
    ttl = "1m",
    shared,
    local_ttl = "0",
    name = "outages.strict",
    skip(source)
)]
async fn strict(source: &Source, id: u32) -> Answer {
    let _ = id;
    source.load().await
}

fn run(number: u32) -> Answer {
    Ok(Some(format!("run {number}")))
}

/// Until the replica has noticed.
async fn until_away(node: &Node) {
    eventually("the tier is away", async || {
        node.tier.health().await;
        !node.tier.is_up()
    })
    .await;
}

pub(crate) async fn calls_succeed_and_keep_copies_while_the_tier_is_away(fleet: &dyn Fleet) {
    let (a, _) = pair(fleet).await;
    let source = Source::of("run 1");
    a.line.cut();
    for _ in 0..3 {
        assert_eq!(a.run(script(&source, 1)).await, run(1));
    }
    until_away(&a).await;
    assert_eq!(a.run(script(&source, 1)).await, run(1));
    let loads = source.loads();
    let (answer, status) = a.run(script(&source, 1).with_status()).await;
    assert_eq!(answer, run(1));
    assert!(status.hit && !status.shared, "{status}");
    assert_eq!(source.loads(), loads, "a copy for the time of the outage");
}

pub(crate) async fn copies_of_an_outage_end_with_it(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    a.line.cut();
    until_away(&a).await;
    assert_eq!(a.run(script(&source, 1)).await, run(1));
    source.set("run 2");
    // A replica that is not cut off takes the answer away.
    b.run(script_cache().invalidate(1)).await;
    assert_eq!(a.run(script(&source, 1)).await, run(1), "it cannot know");
    a.line.restore().await;
    assert_eq!(a.run(script(&source, 1)).await, run(2));
}

pub(crate) async fn a_silent_tier_costs_a_call_its_timeout(fleet: &dyn Fleet) {
    let (a, _) = pair(fleet).await;
    let source = Source::of("run 1");
    a.line.stall();
    for _ in 0..10 {
        let began = Instant::now();
        assert_eq!(a.run(strict(&source, 1)).await, run(1));
        // One operation timeout for the read; what is not read is not filled.
        assert!(began.elapsed() < ms(1_500), "{:?}", began.elapsed());
    }
}

pub(crate) async fn copies_are_distrusted_when_the_line_is_cut(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    eventually("a copy in memory", async || {
        assert_eq!(a.run(script(&source, 1)).await, run(1));
        a.run(async { script_cache().len() }).await == 1
    })
    .await;
    a.line.stall();
    source.set("run 2");
    b.run(script_cache().invalidate(1)).await;
    // One heartbeat, and what a busy machine adds to it.
    tokio::time::sleep(ms(400)).await;
    assert_eq!(a.run(script(&source, 1)).await, run(2));
}

pub(crate) async fn an_invalidation_of_an_outage_is_delivered_after_it(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    assert_eq!(b.run(strict(&source, 1)).await, run(1));
    a.line.cut();
    until_away(&a).await;
    source.set("run 2");
    let reached = a.run(strict_cache().invalidate(1)).await;
    assert_eq!(reached.shared, TierReach::Queued);
    assert_eq!(
        a.run(strict(&source, 1)).await,
        run(2),
        "in this process at once"
    );
    assert_eq!(
        b.run(strict(&source, 1)).await,
        run(1),
        "it is not delivered yet"
    );
    a.line.restore().await;
    assert_eq!(a.run(strict(&source, 1)).await, run(2));
    assert_eq!(b.run(strict(&source, 1)).await, run(2));
}

pub(crate) async fn a_value_that_was_put_in_during_an_outage_lives_in_memory(fleet: &dyn Fleet) {
    let (a, _) = pair(fleet).await;
    let source = Source::of("run 1");
    a.line.cut();
    until_away(&a).await;
    a.run(script_cache().insert(1, Some("run 2".to_owned())))
        .await;
    assert_eq!(a.run(script(&source, 1)).await, run(2));
    a.line.restore().await;
    assert_eq!(a.run(script(&source, 1)).await, run(1));
}

pub(crate) async fn a_call_outside_of_a_runtime_goes_without_the_tier(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    assert_eq!(b.run(script(&source, 1)).await, run(1));
    let outside = std::thread::scope(|scope| {
        let call = a.run(script(&source, 1));
        scope.spawn(move || futures_block(call)).join()
    });
    assert_eq!(outside.expect("an answer"), run(1));
    assert_eq!(source.loads(), 2);
}

/// An executor without tokio.
fn futures_block<F: Future>(future: F) -> F::Output {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        std::thread::yield_now();
    }
}
