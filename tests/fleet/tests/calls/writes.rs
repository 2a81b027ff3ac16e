//! Strict writes: a key that a writer holds is stored by nobody.

use cached_attr::{TierReach, cached};
use cached_attr_fleet::fleet::Fleet;

use crate::support::{Down, Source, eventually, pair};

type Answer = Result<Option<String>, Down>;

#[cached(
    ttl = "1m",
    shared,
    local_ttl = "0",
    name = "writes.script",
    skip(source)
)]
async fn script(source: &Source, id: u32) -> Answer {
    let _ = id;
    source.load().await
}

fn run(number: u32) -> Answer {
    Ok(Some(format!("run {number}")))
}

pub(crate) async fn nothing_is_stored_anywhere_while_a_writer_holds_the_key(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    assert_eq!(b.run(script(&source, 1)).await, run(1));
    let guard = a.run(script_cache().write(1)).await;
    assert_eq!(guard.shared(), TierReach::Done);
    assert_eq!(b.run(script(&source, 1)).await, run(1));
    assert_eq!(b.run(script(&source, 1)).await, run(1));
    assert_eq!(source.loads(), 3, "each call loads");
    source.set("run 2");
    let reached = a.run(guard.commit()).await;
    assert_eq!(reached.shared, TierReach::Done);
    assert_eq!(b.run(script(&source, 1)).await, run(2));
    assert_eq!(b.run(script(&source, 1)).await, run(2));
    assert_eq!(source.loads(), 4, "it is stored again");
}

pub(crate) async fn a_writer_that_is_dropped_ends_its_hold(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    assert_eq!(b.run(script(&source, 1)).await, run(1));
    let guard = a.run(script_cache().write(1)).await;
    source.set("run 2");
    drop(guard);
    eventually("a record again", async || {
        let before = source.loads();
        let answers = [
            b.run(script(&source, 1)).await,
            b.run(script(&source, 1)).await,
        ];
        answers == [run(2), run(2)] && source.loads() <= before + 1
    })
    .await;
}

pub(crate) async fn a_writer_sees_that_the_tier_is_away(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    assert_eq!(b.run(script(&source, 1)).await, run(1));
    a.line.cut();
    let guard = a.run(script_cache().write(1)).await;
    assert_eq!(guard.shared(), TierReach::Queued);
    source.set("run 2");
    let reached = a.run(guard.commit()).await;
    assert_eq!(reached.shared, TierReach::Queued);
    a.line.restore().await;
    eventually("the queued invalidation", async || {
        b.run(script(&source, 1)).await == run(2)
    })
    .await;
}
