//! Changes: they are reported to every replica, and so is that some may have been missed.

use cached_attr_fleet::fleet::Fleet;
use cached_attr_runtime::tier::Target;

use crate::support::*;

pub(crate) async fn a_change_by_another_replica_is_reported(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let log = Log::of(&b);
    load(&a, KEY, "1").await;
    log.wait_for("key script LOQ").await;
    a.invalidate(Target::Key(OTHER)).await;
    log.wait_for("key script MARI").await;
    assert!(!log.has("everything"));
}

pub(crate) async fn a_foreign_delete_is_reported(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    load(&tier, OTHER, "1").await;
    load(&tier, KEY, "1").await;
    let log = Log::of(&tier);
    fleet.foreign_delete(KEY).await;
    log.wait_for("key script LOQ").await;
    fleet.foreign_write(OTHER).await;
    log.wait_for("key script MARI").await;
}

pub(crate) async fn an_invalidation_without_a_record_is_reported(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let log = Log::of(&b);
    a.invalidate(Target::Key(KEY)).await;
    log.wait_for("key script LOQ").await;
}

pub(crate) async fn an_invalidated_tag_is_reported_with_its_number(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let generation = trusted(&b).await;
    let log = Log::of(&b);
    let seq = a.read(lookup(KEY)).await.unwrap().version.seq;
    a.invalidate(Target::tag("tenant:ä b")).await;
    a.invalidate(Target::Function("script")).await;
    log.wait_for(&format!("tag tenant:ä b {}", seq + 1)).await;
    log.wait_for(&format!("function script {}", seq + 2)).await;
    eventually("copies are trusted again", async || {
        b.trust().holds(generation)
    })
    .await;
    assert!(!log.has("everything"));
    a.invalidate(Target::Namespace).await;
    log.wait_for("everything").await;
    assert!(!b.trust().holds(generation));
}

pub(crate) async fn a_cut_line_distrusts_every_copy(fleet: &dyn Fleet) {
    let a = fleet.replica().await;
    let log = Log::of(&a.tier);
    let generation = trusted(&a.tier).await;
    a.line.cut();
    eventually("the cut is noticed", async || {
        a.tier.trust().generation().is_none()
    })
    .await;
    assert!(!a.tier.trust().holds(generation));
    log.wait_for("everything").await;
    a.line.restore().await;
    eventually("changes are reported again", async || {
        a.tier.trust().generation().is_some()
    })
    .await;
    assert!(!a.tier.trust().holds(generation));
}

pub(crate) async fn losing_the_map_distrusts_every_copy(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    load(&tier, KEY, "1").await;
    let generation = trusted(&tier).await;
    fleet.lose_map().await;
    eventually("the loss is noticed", async || {
        !tier.trust().holds(generation)
    })
    .await;
    eventually("the next copies are trusted", async || {
        tier.trust()
            .generation()
            .is_some_and(|next| next != generation && tier.trust().holds(next))
    })
    .await;
}
