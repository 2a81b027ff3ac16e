//! Leases: one load at a time, and none is stored that something has overtaken.

use cached_attr_fleet::fleet::Fleet;
use cached_attr_runtime::tier::{
    Fill, Filled, Found, HeldLease, LeaseReply, LeaseRequest, Target, Token,
};

use crate::support::*;

pub(crate) async fn only_one_replica_gets_the_lease(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let (token, _) = take_lease(&a, KEY).await;
    let reply = b
        .lease(lookup(KEY), request(Token::new(), SECOND))
        .await
        .unwrap();
    let LeaseReply::Busy { left } = reply else {
        panic!("{reply:?}");
    };
    assert!(left <= SECOND && left > ms(500), "{left:?}");
    match found(&b, KEY).await {
        Found::Leased { lease, left } => {
            assert_eq!(lease, token);
            assert!(left <= SECOND && left > ms(500), "{left:?}");
        }
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn a_lease_that_ended_is_void_and_the_next_replica_loads(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let token = Token::new();
    let reply = a.lease(lookup(KEY), request(token, ms(50))).await.unwrap();
    let LeaseReply::Granted { version, .. } = reply else {
        panic!("{reply:?}");
    };
    tokio::time::sleep(ms(80)).await;
    assert!(!a.renew(KEY, token, SECOND).await.unwrap());
    load(&b, KEY, "new").await;
    let filled = a.fill(fill_of(KEY, (token, version), b"old")).await;
    assert_eq!(filled.unwrap(), Filled::Void);
    assert_eq!(text(&a, KEY).await.as_deref(), Some("new"));
}

pub(crate) async fn a_renewed_lease_stands(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    let token = Token::new();
    let reply = tier
        .lease(lookup(KEY), request(token, ms(500)))
        .await
        .unwrap();
    let LeaseReply::Granted { version, .. } = reply else {
        panic!("{reply:?}");
    };
    let held = HeldLease::new(&tier, KEY, token, ms(500), version);
    tokio::time::sleep(ms(1_200)).await;
    let filled = tier.fill(fill_of(KEY, (token, version), b"1")).await;
    assert_eq!(filled.unwrap(), Filled::Stored);
    drop(held);
}

pub(crate) async fn a_released_lease_is_granted_at_once(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let (token, _) = take_lease(&a, KEY).await;
    a.release(KEY, Token::new());
    a.release(KEY, token);
    eventually("the lease is free", async || {
        found(&b, KEY).await == Found::Nothing { declined: None }
    })
    .await;
    take_lease(&b, KEY).await;
}

pub(crate) async fn a_dropped_load_gives_its_lease_back(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let (token, version) = take_lease(&a, KEY).await;
    drop(HeldLease::new(&a, KEY, token, SECOND, version));
    eventually("the lease is free", async || {
        found(&b, KEY).await == Found::Nothing { declined: None }
    })
    .await;
}

pub(crate) async fn a_failed_refresh_leaves_the_stale_record(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    load_stale(&tier, KEY, "old", MINUTE).await;
    let (token, _) = take_lease(&tier, KEY).await;
    assert_eq!(record(&tier, KEY).await.unwrap().lease, Some(token));
    tier.release(KEY, token);
    eventually("the lease is free", async || {
        record(&tier, KEY).await.unwrap().lease.is_none()
    })
    .await;
    assert_eq!(text(&tier, KEY).await.as_deref(), Some("old"));
}

pub(crate) async fn an_invalidation_between_lease_and_fill_voids_the_fill(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let lease = take_lease(&a, KEY).await;
    b.invalidate(Target::Key(KEY)).await;
    assert!(!a.renew(KEY, lease.0, SECOND).await.unwrap());
    let filled = a.fill(fill_of(KEY, lease, b"old")).await;
    assert_eq!(filled.unwrap(), Filled::Void);
    assert_eq!(found(&b, KEY).await, Found::Nothing { declined: None });
}

pub(crate) async fn a_foreign_delete_between_lease_and_fill_voids_the_fill(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    let lease = take_lease(&tier, KEY).await;
    fleet.foreign_delete(KEY).await;
    let filled = tier.fill(fill_of(KEY, lease, b"old")).await;
    assert_eq!(filled.unwrap(), Filled::Void);
}

pub(crate) async fn a_foreign_write_between_lease_and_fill_voids_the_fill(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    let lease = take_lease(&tier, KEY).await;
    fleet.foreign_write(KEY).await;
    let filled = tier.fill(fill_of(KEY, lease, b"old")).await;
    assert_eq!(filled.unwrap(), Filled::Void);
    assert_eq!(found(&tier, KEY).await, Found::Nothing { declined: None });
    load(&tier, KEY, "new").await;
}

pub(crate) async fn a_stale_record_comes_with_one_lease(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    load_stale(&a, KEY, "old", MINUTE).await;
    let token = Token::new();
    let reply = a.lease(lookup(KEY), request(token, SECOND)).await.unwrap();
    let LeaseReply::Granted {
        version,
        stale: Some(stale),
    } = reply
    else {
        panic!("{reply:?}");
    };
    assert_eq!(stale.payload, b"old");
    assert!(!stale.is_fresh());
    let reply = b
        .lease(lookup(KEY), request(Token::new(), SECOND))
        .await
        .unwrap();
    assert!(matches!(reply, LeaseReply::Busy { .. }), "{reply:?}");
    let filled = a.fill(fill_of(KEY, (token, version), b"new")).await;
    assert_eq!(filled.unwrap(), Filled::Stored);
    let reply = b
        .lease(lookup(KEY), request(Token::new(), SECOND))
        .await
        .unwrap();
    assert!(matches!(reply, LeaseReply::Fresh(record) if record.payload == b"new"));
}

pub(crate) async fn a_lease_on_a_stale_record_outlives_the_record(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    load_stale(&tier, KEY, "old", ms(400)).await;
    let lease = take_lease(&tier, KEY).await;
    tokio::time::sleep(ms(500)).await;
    assert_eq!(text(&tier, KEY).await, None);
    let filled = tier.fill(fill_of(KEY, lease, b"new")).await;
    assert_eq!(filled.unwrap(), Filled::Stored);
}

pub(crate) async fn a_strict_caller_declines_a_fresh_record(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    load(&tier, KEY, "old").await;
    let old = record(&tier, KEY).await.unwrap();
    let token = Token::new();
    let declining = LeaseRequest {
        declined: Some(old.filled_by),
        ..request(token, SECOND)
    };
    let reply = tier.lease(lookup(KEY), declining).await.unwrap();
    let LeaseReply::Granted {
        version,
        stale: None,
    } = reply
    else {
        panic!("{reply:?}");
    };
    let again = LeaseRequest {
        token: Token::new(),
        ..declining
    };
    let reply = tier.lease(lookup(KEY), again).await.unwrap();
    assert!(
        matches!(reply, LeaseReply::Busy { .. }),
        "declined once only: {reply:?}"
    );
    let fill = Fill {
        stale: SECOND,
        ..fill_of(KEY, (token, version), b"new")
    };
    assert_eq!(tier.fill(fill).await.unwrap(), Filled::Stored);
    let reply = tier.lease(lookup(KEY), again).await.unwrap();
    assert!(matches!(reply, LeaseReply::Fresh(_)), "{reply:?}");
}
