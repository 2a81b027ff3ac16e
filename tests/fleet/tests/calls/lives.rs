//! Lives: for how long a record and its copies answer, and what stands in after that.

use std::sync::Arc;

use cached_attr::{CacheControlExt as _, cached};
use cached_attr_fleet::fleet::Fleet;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::support::{Down, Source, eventually, ms, pair};

type Answer = Result<Option<String>, Down>;

/// A session says itself how long it lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Session {
    user: u32,
    lives_ms: u64,
}

#[cached(ttl = |session| ms(session.lives_ms), shared, name = "lives.session", skip(source))]
async fn session(source: &Source, user: u32) -> Session {
    let _ = source.load().await;
    Session {
        user,
        lives_ms: 200,
    }
}

#[cached(
    ttl = "150ms",
    stale_while_revalidate = "1m",
    shared,
    name = "lives.revalidated",
    skip(source)
)]
async fn revalidated(source: Arc<Source>, id: u32) -> Answer {
    let _ = id;
    source.load().await
}

#[cached(
    ttl = "150ms",
    stale_if_error = "1m",
    shared,
    name = "lives.kept",
    skip(source)
)]
async fn kept(source: &Source, id: u32) -> Answer {
    let _ = id;
    source.load().await
}

#[cached(
    ttl = "1m",
    negative_ttl = "150ms",
    shared,
    name = "lives.absent",
    skip(source)
)]
async fn absent(source: &Source, id: u32) -> Answer {
    let _ = id;
    source.load().await
}

#[cached(
    ttl = "1m",
    local_ttl = "100ms",
    shared,
    name = "lives.local",
    skip(source)
)]
async fn local(source: &Source, id: u32) -> Answer {
    let _ = id;
    source.load().await
}

fn run(number: u32) -> Answer {
    Ok(Some(format!("run {number}")))
}

pub(crate) async fn a_value_says_how_long_its_record_lives(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::default();
    a.run(session(&source, 7)).await;
    b.run(session(&source, 7)).await;
    b.run(session(&source, 7)).await;
    assert_eq!(source.loads(), 1);
    tokio::time::sleep(ms(250)).await;
    a.run(session(&source, 7)).await;
    b.run(session(&source, 7)).await;
    assert_eq!(source.loads(), 2);
}

pub(crate) async fn a_copy_does_not_outlive_its_record(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::default();
    a.run(session(&source, 7)).await;
    tokio::time::sleep(ms(100)).await;
    let (_, status) = b.run(session(&source, 7).with_status()).await;
    let left = status.ttl.expect("it ends");
    assert!(left <= ms(100), "{left:?}");
}

pub(crate) async fn none_has_its_own_life_in_the_tier(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::default();
    assert_eq!(a.run(absent(&source, 7)).await, Ok(None));
    assert_eq!(b.run(absent(&source, 7)).await, Ok(None));
    assert_eq!(source.loads(), 1);
    source.set("run 1");
    tokio::time::sleep(ms(200)).await;
    assert_eq!(b.run(absent(&source, 7)).await, run(1));
}

pub(crate) async fn a_copy_ends_with_its_local_ttl_and_the_record_does_not(fleet: &dyn Fleet) {
    let (a, _) = pair(fleet).await;
    let source = Source::of("run 1");
    let from_tier = async || {
        let (answer, status) = a.run(local(&source, 7).with_status()).await;
        assert_eq!(answer, run(1));
        status.shared
    };
    eventually("a copy in memory", async || {
        !from_tier().await && source.loads() == 1 && !from_tier().await
    })
    .await;
    tokio::time::sleep(ms(150)).await;
    assert!(from_tier().await, "the copy has ended");
    assert_eq!(source.loads(), 1);
}

pub(crate) async fn a_stale_record_is_served_while_one_replica_loads(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    assert_eq!(a.run(revalidated(Arc::clone(&source), 7)).await, run(1));
    tokio::time::sleep(ms(200)).await;
    source.set("run 2");
    let gate = source.close_gate();
    let began = Instant::now();
    // Neither has a copy: the stale record is the tier's.
    let (of_b, status) = b
        .run(revalidated(Arc::clone(&source), 7).with_status())
        .await;
    assert_eq!(of_b, run(1));
    assert!(status.stale, "{status}");
    assert_eq!(a.run(revalidated(Arc::clone(&source), 7)).await, run(1));
    assert!(began.elapsed() < ms(500), "nobody waits for the gate");
    gate.add_permits(100);
    eventually("the new answer", async || {
        let of_a = a.run(revalidated(Arc::clone(&source), 7)).await;
        let of_b = b.run(revalidated(Arc::clone(&source), 7)).await;
        (of_a, of_b) == (run(2), run(2))
    })
    .await;
    let stats = b.run(async { revalidated_cache().stats() }).await;
    assert!(stats.stale_while_revalidate >= 1, "{stats}");
}

pub(crate) async fn calls_that_join_a_stale_answer_do_not_wait_for_its_load(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    assert_eq!(a.run(revalidated(Arc::clone(&source), 7)).await, run(1));
    tokio::time::sleep(ms(200)).await;
    source.set("run 2");
    source.close_gate();
    let began = Instant::now();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..20 {
        calls.spawn(b.replica.run(revalidated(Arc::clone(&source), 7)));
    }
    while let Some(answer) = calls.join_next().await {
        assert_eq!(answer.expect("an answer"), run(1));
    }
    assert!(began.elapsed() < ms(1_000), "{:?}", began.elapsed());
    assert_eq!(source.loads(), 2);
}

pub(crate) async fn a_stale_record_stands_in_for_a_failing_load(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    let source = Source::of("run 1");
    assert_eq!(a.run(kept(&source, 7)).await, run(1));
    tokio::time::sleep(ms(200)).await;
    source.set_down(true);
    let (of_b, status) = b.run(kept(&source, 7).with_status()).await;
    assert_eq!(of_b, run(1));
    assert!(status.stale, "{status}");
    // Not after an invalidation.
    a.run(kept_cache().invalidate(7)).await;
    assert_eq!(b.run(kept(&source, 7)).await, Err(Down));
}

/// The old version of a service.
mod before {
    #[derive(Clone, serde::Serialize, serde::Deserialize)]
    pub(super) struct Run {
        pub(super) number: u32,
    }

    #[cached_attr::cached(ttl = "1m", shared, name = "lives.run")]
    pub(super) async fn run(id: u32) -> Run {
        Run { number: id }
    }
}

/// The new one.
mod after {
    #[derive(Clone, serde::Serialize, serde::Deserialize)]
    pub(super) struct Run {
        number: u32,
        pub(super) title: Option<String>,
    }

    #[cached_attr::cached(ttl = "1m", shared, name = "lives.run")]
    pub(super) async fn run(id: u32) -> Run {
        Run {
            number: id,
            title: Some("new".to_owned()),
        }
    }
}

pub(crate) async fn a_record_of_another_shape_is_a_miss(fleet: &dyn Fleet) {
    let (a, b) = pair(fleet).await;
    assert_eq!(a.run(before::run(7)).await.number, 7);
    let of_b = b.run(after::run(7)).await;
    assert_eq!(of_b.title.as_deref(), Some("new"));
    let stats = b.run(async { after::run_cache().stats() }).await;
    assert_eq!((stats.loads, stats.tier_undecodable), (1, 0), "{stats}");
}
