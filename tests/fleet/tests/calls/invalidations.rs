//! Invalidations: what one replica takes away is gone for the others.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use cached_attr::{FnCache, TierReach, cached, invalidate_all, invalidate_tag, invalidates};
use cached_attr_fleet::fleet::Fleet;
use cached_attr_runtime::tier::RecordKey;

use crate::support::{Down, Node, Source, begin, eventually, pair};

type Answer = Result<Option<String>, Down>;

#[cached(ttl = "1m", shared, name = "invalidations.script", tags = ["bench:{bench}"], skip(source, bench))]
async fn script(source: &Source, id: &str, bench: u32) -> Answer {
    let _ = (id, bench);
    source.load().await
}

#[cached(ttl = "1m", shared, local_ttl = "0", name = "invalidations.strict", tags = ["bench:{bench}"], skip(source, bench))]
async fn strict(source: &Source, id: &str, bench: u32) -> Answer {
    let _ = (id, bench);
    source.load().await
}

#[invalidates(strict(id))]
async fn put_strict(source: &Source, id: &str, value: &str) {
    source.set(value);
    tokio::task::yield_now().await;
}

fn run(number: u32) -> Answer {
    Ok(Some(format!("run {number}")))
}

/// Reads until there is a copy in memory.
async fn copied(node: &Node, source: &Source) {
    eventually("a copy in memory", async || {
        assert_eq!(node.run(script(source, "LOQ", 1)).await, run(1));
        node.run(async { script_cache().len() }).await == 1
    })
    .await;
}

/// Makes a copy of run 1 in each of two replicas, and changes the source.
async fn copied_twice(fleet: &dyn Fleet) -> (Node, Node, std::sync::Arc<Source>) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    copied(&a, &source).await;
    copied(&b, &source).await;
    assert_eq!(source.loads(), 1);
    source.set("run 2");
    (a, b, source)
}

async fn until_run_2(node: &Node, source: &Source) {
    eventually("the push", async || {
        node.run(script(source, "LOQ", 1)).await == run(2)
    })
    .await;
}

pub(crate) async fn a_key_invalidated_by_one_replica_leaves_the_others_with_the_push(
    fleet: &dyn Fleet,
) {
    let (a, b, source) = copied_twice(fleet).await;
    let reached = a.run(script_cache().invalidate("LOQ")).await;
    assert_eq!(reached.shared, TierReach::Done);
    assert_eq!(a.run(script(&source, "LOQ", 1)).await, run(2), "at once");
    until_run_2(&b, &source).await;
    assert_eq!(source.loads(), 2);
}

pub(crate) async fn a_tag_invalidated_by_one_replica_leaves_the_others_with_the_push(
    fleet: &dyn Fleet,
) {
    let (a, b, source) = copied_twice(fleet).await;
    let reached = a.run(invalidate_tag("bench:1")).await;
    assert_eq!(reached.shared, TierReach::Done);
    assert_eq!(a.run(script(&source, "LOQ", 1)).await, run(2), "at once");
    until_run_2(&b, &source).await;
    assert_eq!(source.loads(), 2);
}

pub(crate) async fn a_function_invalidated_by_one_replica_leaves_the_others_with_the_push(
    fleet: &dyn Fleet,
) {
    let (a, b, source) = copied_twice(fleet).await;
    let reached = a.run(script_cache().invalidate_all()).await;
    assert_eq!((reached.removed, reached.shared), (1, TierReach::Done));
    until_run_2(&b, &source).await;
    assert_eq!(source.loads(), 2);
}

pub(crate) async fn invalidating_everything_reaches_the_whole_namespace(fleet: &dyn Fleet) {
    let (a, b, source) = copied_twice(fleet).await;
    assert_eq!(a.run(invalidate_all()).await.shared, TierReach::Done);
    until_run_2(&b, &source).await;
}

pub(crate) async fn a_foreign_delete_empties_the_copies(fleet: &dyn Fleet) {
    let (a, b, source) = copied_twice(fleet).await;
    let key = RecordKey {
        name: "invalidations.script",
        key: "LOQ",
    };
    fleet.foreign_delete(key).await;
    until_run_2(&a, &source).await;
    until_run_2(&b, &source).await;
}

pub(crate) async fn an_inserted_value_is_read_by_the_others(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    assert_eq!(b.run(script(&source, "LOQ", 1)).await, run(1));
    let value = Some("run 2".to_owned());
    a.run(script_cache().insert("LOQ".to_owned(), value.clone()))
        .await;
    assert_eq!(a.run(script_cache().get("LOQ")).await, Some(value));
    until_run_2(&b, &source).await;
    assert_eq!(source.loads(), 1);
}

pub(crate) async fn an_expired_key_is_loaded_anew_by_the_others(fleet: &dyn Fleet) {
    let (a, b, source) = copied_twice(fleet).await;
    assert_eq!(
        a.run(script_cache().expire("LOQ")).await.shared,
        TierReach::Done
    );
    until_run_2(&b, &source).await;
}

pub(crate) async fn a_load_overtaken_in_another_replica_is_never_stored(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    let gate = source.close_gate();
    let mut slow = pin!(a.run(strict(&source, "LOQ", 1)));
    begin(slow.as_mut(), &source).await;
    source.set("run 2");
    b.run(strict_cache().invalidate("LOQ")).await;
    gate.add_permits(100);
    // Its own caller came before the invalidation.
    assert_eq!(slow.await, run(1));
    assert_eq!(a.run(strict(&source, "LOQ", 1)).await, run(2));
    assert_eq!(b.run(strict(&source, "LOQ", 1)).await, run(2));
    assert_eq!(source.loads(), 2);
}

pub(crate) async fn a_tag_invalidated_during_a_load_in_another_replica_voids_it(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    let gate = source.close_gate();
    let mut slow = pin!(a.run(strict(&source, "LOQ", 1)));
    begin(slow.as_mut(), &source).await;
    source.set("run 2");
    b.run(invalidate_tag("bench:1")).await;
    gate.add_permits(100);
    assert_eq!(slow.await, run(1));
    assert_eq!(a.run(strict(&source, "LOQ", 1)).await, run(2));
    assert_eq!(b.run(strict(&source, "LOQ", 1)).await, run(2));
}

pub(crate) async fn a_writer_returns_when_the_tier_has_its_invalidations(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    assert_eq!(b.run(strict(&source, "LOQ", 1)).await, run(1));
    a.run(put_strict(&source, "LOQ", "run 2")).await;
    assert_eq!(b.run(strict(&source, "LOQ", 1)).await, run(2));
}

pub(crate) async fn a_writer_that_is_dropped_invalidates_in_the_tier(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    assert_eq!(b.run(strict(&source, "LOQ", 1)).await, run(1));
    {
        let mut writer = pin!(a.run(put_strict(&source, "LOQ", "run 2")));
        let polled = futures_poll(writer.as_mut());
        assert!(polled.is_pending());
    }
    eventually("the queued invalidation", async || {
        b.run(strict(&source, "LOQ", 1)).await == run(2)
    })
    .await;
}

fn futures_poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
}

pub(crate) async fn two_caches_of_one_name_share_nothing(fleet: &dyn Fleet) {
    #[cached(ttl = "1m", shared, name = "invalidations.script", skip(source))]
    async fn other(source: &Source, id: &str) -> Answer {
        let _ = id;
        source.load().await
    }
    let (a, _) = pair(fleet).await;
    let source = Source::of("run 1");
    assert_eq!(a.run(script(&source, "LOQ", 1)).await, run(1));
    source.set("run 2");
    assert_eq!(
        a.run(other(&source, "LOQ")).await,
        run(2),
        "not the other's"
    );
    let cache: &FnCache<String, Option<String>> = other_cache();
    assert_eq!(a.run(async { cache.len() }).await, 1, "in memory");
    assert_eq!(
        a.run(cache.invalidate("LOQ")).await.shared,
        TierReach::NotInUse
    );
    let error = cached_attr::check().expect_err("two caches of one name");
    assert!(
        error
            .names
            .iter()
            .any(|name| name == "invalidations.script")
    );
}
