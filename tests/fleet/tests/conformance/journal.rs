//! Invalidations that could not be delivered.

use std::time::Instant;

use cached_attr_fleet::fleet::Fleet;
use cached_attr_runtime::tier::{Delivery, Target, TierError};

use crate::support::*;

pub(crate) async fn an_invalidation_that_cannot_be_sent_is_delivered_later(fleet: &dyn Fleet) {
    let a = fleet.replica().await;
    let b = fleet.replica().await.tier;
    load(&b, KEY, "old").await;
    load_tagged(&b, OTHER, "old", &["tenant:acme"]).await;
    a.line.cut();
    eventually("the cut is noticed", async || {
        a.tier.invalidate(Target::Key(KEY)).await == Delivery::Queued
    })
    .await;
    assert_eq!(
        a.tier.invalidate(Target::tag("tenant:acme")).await,
        Delivery::Queued
    );
    assert_eq!(text(&b, OTHER).await.as_deref(), Some("old"));
    a.line.restore().await;
    assert_eq!(text(&b, KEY).await, None);
    assert_eq!(text(&b, OTHER).await, None);
    assert_eq!(a.tier.health().await.undelivered, 0);
}

pub(crate) async fn an_invalidation_that_is_not_answered_is_delivered_later(fleet: &dyn Fleet) {
    let a = fleet.replica().await;
    let b = fleet.replica().await.tier;
    load(&b, KEY, "old").await;
    a.line.stall();
    assert_eq!(a.tier.invalidate(Target::Key(KEY)).await, Delivery::Queued);
    a.line.restore().await;
    assert_eq!(text(&b, KEY).await, None);
}

pub(crate) async fn a_queued_invalidation_survives_the_ack_of_its_twin(fleet: &dyn Fleet) {
    let a = fleet.replica().await;
    let b = fleet.replica().await.tier;
    a.line.stall();
    let (first, second) = tokio::join!(
        a.tier.invalidate(Target::Key(KEY)),
        a.tier.invalidate(Target::Key(KEY)),
    );
    assert_eq!((first, second), (Delivery::Queued, Delivery::Queued));
    load(&b, KEY, "old").await;
    a.line.restore().await;
    assert_eq!(text(&b, KEY).await, None);
    assert_eq!(a.tier.health().await.undelivered, 0);
}

pub(crate) async fn a_replica_with_undelivered_invalidations_neither_reads_nor_fills(
    fleet: &dyn Fleet,
) {
    let a = fleet.replica().await;
    let lease = take_lease(&a.tier, OTHER).await;
    a.line.stall();
    a.tier.invalidate(Target::Key(KEY)).await;
    let read = a.tier.read(lookup(KEY)).await;
    assert!(
        matches!(read, Err(TierError::Undelivered | TierError::Unavailable)),
        "{read:?}"
    );
    let filled = a.tier.fill(fill_of(OTHER, lease, b"1")).await;
    assert!(
        matches!(filled, Err(TierError::Undelivered | TierError::Unavailable)),
        "{filled:?}"
    );
    a.line.restore().await;
    assert!(a.tier.read(lookup(KEY)).await.is_ok());
}

pub(crate) async fn a_tier_that_is_away_refuses_at_once(fleet: &dyn Fleet) {
    let a = fleet.replica().await;
    assert!(a.tier.is_up());
    a.line.cut();
    eventually("the cut is noticed", async || !a.tier.is_up()).await;
    let began = Instant::now();
    for _ in 0..100 {
        let read = a.tier.read(lookup(KEY)).await;
        assert!(matches!(read, Err(TierError::Unavailable)), "{read:?}");
    }
    assert!(began.elapsed() < ms(100), "{:?}", began.elapsed());
    assert!(!a.tier.health().await.up);
    a.line.restore().await;
    assert!(a.tier.is_up());
    assert!(a.tier.health().await.up);
}
