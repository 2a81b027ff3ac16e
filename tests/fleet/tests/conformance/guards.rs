//! Strict writes: while a guard lives nothing is stored under its key, anywhere.

use cached_attr_fleet::fleet::Fleet;
use cached_attr_runtime::tier::{
    Delivery, Filled, Found, HeldGuard, LeaseReply, LookedUp, Target, Tier, Token, look_up,
};

use crate::support::*;

async fn is_guarded(tier: &std::sync::Arc<dyn Tier>) -> bool {
    let reply = tier.lease(lookup(KEY), request(Token::new(), ms(5))).await;
    matches!(reply, Ok(LeaseReply::Guarded))
}

pub(crate) async fn nothing_is_stored_while_a_guard_lives(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let guard = HeldGuard::take(&a, KEY, SECOND).await.unwrap();
    assert_eq!(found(&b, KEY).await, Found::Guarded);
    assert!(is_guarded(&b).await);
    let looked_up = look_up(&b, lookup(KEY), PATIENT).await;
    assert!(
        matches!(looked_up, Ok(LookedUp::Uncacheable)),
        "{looked_up:?}"
    );
    assert_eq!(guard.commit().await, Delivery::Done);
    load(&b, KEY, "new").await;
}

pub(crate) async fn a_guard_removes_the_record_and_voids_running_loads(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    load(&b, KEY, "old").await;
    let lease = take_lease(&b, OTHER).await;
    let first = HeldGuard::take(&a, KEY, SECOND).await.unwrap();
    let second = HeldGuard::take(&a, OTHER, SECOND).await.unwrap();
    assert_eq!(text(&b, KEY).await, None);
    let filled = b.fill(fill_of(OTHER, lease, b"old")).await;
    assert_eq!(filled.unwrap(), Filled::Void);
    first.commit().await;
    second.commit().await;
    assert_eq!(found(&b, OTHER).await, Found::Nothing { declined: None });
}

pub(crate) async fn an_invalidation_leaves_a_guard_standing(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let guard = HeldGuard::take(&a, KEY, SECOND).await.unwrap();
    assert_eq!(b.invalidate(Target::Key(KEY)).await, Delivery::Done);
    assert!(is_guarded(&b).await);
    guard.commit().await;
    assert!(!is_guarded(&b).await);
}

pub(crate) async fn an_invalidation_leaves_the_guard_of_a_crashed_writer_standing(
    fleet: &dyn Fleet,
) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    a.guard(KEY, Token::new(), SECOND).await.unwrap();
    // Nobody is left to put it back.
    drop(a);
    assert_eq!(b.invalidate(Target::Key(KEY)).await, Delivery::Done);
    assert!(is_guarded(&b).await);
}

pub(crate) async fn every_guard_of_a_key_counts(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let first = HeldGuard::take(&a, KEY, SECOND).await.unwrap();
    let second = HeldGuard::take(&b, KEY, SECOND).await.unwrap();
    first.commit().await;
    assert!(is_guarded(&a).await);
    second.commit().await;
    assert!(!is_guarded(&a).await);
}

pub(crate) async fn a_dropped_guard_ends(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    drop(HeldGuard::take(&a, KEY, MINUTE).await.unwrap());
    eventually("the guard ends", async || !is_guarded(&b).await).await;
}

pub(crate) async fn the_guard_of_a_crashed_writer_ends_at_its_bound(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    load(&b, KEY, "old").await;
    a.guard(KEY, Token::new(), ms(500)).await.unwrap();
    assert!(is_guarded(&b).await);
    tokio::time::sleep(ms(550)).await;
    assert_eq!(found(&b, KEY).await, Found::Nothing { declined: None });
    load(&b, KEY, "new").await;
}

pub(crate) async fn a_guard_renews_itself(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let guard = HeldGuard::take(&a, KEY, ms(500)).await.unwrap();
    tokio::time::sleep(ms(1_200)).await;
    assert!(is_guarded(&b).await);
    guard.commit().await;
}

pub(crate) async fn a_guard_that_was_deleted_leaves_nothing_stale(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let guard = HeldGuard::take(&a, KEY, SECOND).await.unwrap();
    fleet.foreign_delete(KEY).await;
    // In the gap another replica may load the old state of the source: the commit removes it.
    let token = Token::new();
    if let Ok(LeaseReply::Granted { version, .. }) =
        b.lease(lookup(KEY), request(token, SECOND)).await
    {
        let _ = b.fill(fill_of(KEY, (token, version), b"old")).await;
    }
    assert_eq!(guard.commit().await, Delivery::Done);
    assert_eq!(text(&b, KEY).await, None);
    assert!(!is_guarded(&b).await);
}
