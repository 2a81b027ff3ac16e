//! Leaders: at most one process at a time does the work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use cached_attr::testing::{isolated, isolated_with};
use cached_attr_fleet::fleet::Fleet;
use cached_attr_runtime::tier::{Election, Leadership, OnUnavailable, Token, leader};

use crate::support::*;

pub(crate) async fn one_leads_at_a_time(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let outcome = leader(&a, "seed")
        .run(|_| async {
            match leader(&b, "seed").run(|_| async {}).await {
                Leadership::NotLeader { holder, left } => {
                    assert!(holder.contains(':'), "{holder}");
                    assert!(left <= SECOND * 30 && left > SECOND * 25);
                }
                other => panic!("{other:?}"),
            }
            leader(&b, "another").run(|_| async { 2 }).await.into_ran()
        })
        .await;
    assert_eq!(outcome.into_ran(), Some(Some(2)));
    assert_eq!(
        leader(&b, "seed").run(|_| async { 3 }).await.into_ran(),
        Some(3)
    );
}

pub(crate) async fn the_fence_grows(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    let mut last = 0;
    for _ in 0..5 {
        let fence = leader(&tier, "seed")
            .run(|fence| async move { fence })
            .await;
        let fence = fence.into_ran().expect("a leader");
        assert!(fence > last, "{fence} after {last}");
        last = fence;
    }
}

pub(crate) async fn grace_follows_a_success_only(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let seed = leader(&a, "seed").grace(ms(200));
    let failed = seed.try_run(|_| async { Err::<(), _>("broken") }).await;
    assert_eq!(failed.unwrap_err(), "broken");
    eventually("the key is free", async || {
        seed.run(|_| async {}).await.into_ran().is_some()
    })
    .await;
    match leader(&b, "seed").run(|_| async {}).await {
        Leadership::NotLeader { left, .. } => assert!(left <= ms(200)),
        other => panic!("no grace: {other:?}"),
    }
    tokio::time::sleep(ms(220)).await;
    assert!(
        leader(&b, "seed")
            .run(|_| async {})
            .await
            .into_ran()
            .is_some()
    );
}

pub(crate) async fn a_cancelled_leader_frees_its_key(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let seed = leader(&a, "seed").grace(MINUTE);
    let work = seed.run(|_| std::future::pending::<()>());
    assert!(tokio::time::timeout(ms(100), work).await.is_err());
    eventually("the key is free", async || {
        leader(&b, "seed")
            .run(|_| async {})
            .await
            .into_ran()
            .is_some()
    })
    .await;
}

pub(crate) async fn a_leader_that_lasts_longer_than_its_ttl_keeps_it(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let outcome = leader(&a, "seed")
        // Long beside what a busy machine may hold a renewal up by.
        .ttl(ms(1_500))
        .run(|_| async {
            tokio::time::sleep(ms(3_200)).await;
            let elected = b
                .acquire_leader("seed", Token::new(), SECOND)
                .await
                .unwrap();
            assert!(matches!(elected, Election::Lost { .. }), "{elected:?}");
        })
        .await;
    assert!(outcome.into_ran().is_some());
}

pub(crate) async fn a_lost_leadership_cancels_the_work(fleet: &dyn Fleet) {
    let a = fleet.replica().await;
    let b = fleet.replica().await.tier;
    let began = Instant::now();
    let running = Arc::new(AtomicBool::new(true));
    let outcome = leader(&a.tier, "seed")
        .ttl(ms(400))
        .run(|_| {
            let guard = Running(Arc::clone(&running));
            a.line.cut();
            async move {
                let _guard = guard;
                tokio::time::sleep(SECOND * 5).await;
            }
        })
        .await;
    assert!(matches!(outcome, Leadership::Lost), "{outcome:?}");
    assert!(began.elapsed() < ms(700), "{:?}", began.elapsed());
    assert!(!running.load(Ordering::Relaxed));
    eventually("another leads", async || {
        leader(&b, "seed")
            .run(|_| async {})
            .await
            .into_ran()
            .is_some()
    })
    .await;
}

struct Running(Arc<AtomicBool>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

pub(crate) async fn without_a_tier_the_caller_chooses(fleet: &dyn Fleet) {
    let a = fleet.replica().await;
    a.line.cut();
    eventually("the cut is noticed", async || !a.tier.is_up()).await;
    let skipping = leader(&a.tier, "seed");
    let outcome = skipping.run(|_| async { 1 }).await;
    assert!(matches!(outcome, Leadership::Unavailable(_)), "{outcome:?}");
    let running = skipping.on_unavailable(OnUnavailable::Run);
    assert_eq!(running.run(|_| async { 1 }).await.into_ran(), Some(1));
}

pub(crate) async fn the_attribute_elects_on_the_tier_of_its_context(fleet: &dyn Fleet) {
    #[cached_attr::leader(key = "attribute", grace = "1m")]
    async fn seed() -> Option<u32> {
        Some(1)
    }

    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    assert_eq!(isolated_with(a, seed()).await, Some(1));
    assert_eq!(isolated_with(b, seed()).await, None);
    assert_eq!(isolated(seed()).await, Some(1), "without a tier");
}
