//! The whole way from a miss in memory to a record or a lease.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cached_attr_fleet::fleet::Fleet;
use cached_attr_runtime::tier::{
    Answer, Filled, HeldLease, LookUp, LookedUp, Tier, TierError, look_up,
};

use crate::support::*;

const ANSWER: Answer<'static> = Answer {
    payload: b"1",
    fingerprint: "json-1",
    life: MINUTE,
    stale: Duration::ZERO,
    tags: &[],
};

async fn lead(tier: &Arc<dyn Tier>, how: LookUp) -> HeldLease {
    match look_up(tier, lookup(KEY), how).await {
        Ok(LookedUp::Lead(lease, _)) => lease,
        other => panic!("not the leader: {other:?}"),
    }
}

pub(crate) async fn replicas_on_one_cold_key_load_once(fleet: &dyn Fleet) {
    let loads = Arc::new(AtomicUsize::new(0));
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..5 {
        let tier = fleet.replica().await.tier;
        let loads = Arc::clone(&loads);
        calls.spawn(async move {
            match look_up(&tier, lookup(KEY), PATIENT).await.unwrap() {
                LookedUp::Lead(lease, None) => {
                    loads.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(ms(60)).await;
                    assert_eq!(lease.fill(ANSWER).await.unwrap(), Filled::Stored);
                }
                LookedUp::Fresh(record) => assert_eq!(record.payload, b"1"),
                other => panic!("{other:?}"),
            }
        });
    }
    while let Some(done) = calls.join_next().await {
        done.unwrap();
    }
    assert_eq!(loads.load(Ordering::Relaxed), 1);
}

pub(crate) async fn a_replica_whose_holder_crashed_loads_within_the_lease(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    // A lease whose holder neither renews nor releases it.
    let token = cached_attr_runtime::tier::Token::new();
    a.lease(lookup(KEY), request(token, ms(400))).await.unwrap();
    let began = Instant::now();
    let _lease = lead(&b, PATIENT).await;
    let waited = began.elapsed();
    assert!(waited >= ms(200) && waited < ms(800), "{waited:?}");
}

pub(crate) async fn a_holder_that_fails_is_replaced_at_once(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let held = lead(&a, PATIENT).await;
    let waiting = tokio::spawn(async move { drop(lead(&b, PATIENT).await) });
    tokio::time::sleep(ms(100)).await;
    assert!(!waiting.is_finished());
    let began = Instant::now();
    drop(held);
    waiting.await.unwrap();
    assert!(began.elapsed() < ms(400), "{:?}", began.elapsed());
}

pub(crate) async fn waiting_for_others_is_bounded(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let _held = lead(&a, PATIENT).await;
    let how = LookUp {
        wait: ms(120),
        ..PATIENT
    };
    let began = Instant::now();
    let looked_up = look_up(&b, lookup(KEY), how).await;
    assert!(
        matches!(looked_up, Ok(LookedUp::Uncacheable)),
        "{looked_up:?}"
    );
    assert!(began.elapsed() >= ms(120) && began.elapsed() < ms(600));
}

pub(crate) async fn a_late_lease_does_not_wedge_its_key(fleet: &dyn Fleet) {
    let a = fleet.replica().await;
    let b = fleet.replica().await.tier;
    let token = cached_attr_runtime::tier::Token::new();
    a.line.stall();
    let late = a.tier.lease(lookup(KEY), request(token, ms(300))).await;
    assert!(matches!(late, Err(TierError::Timeout)), "{late:?}");
    a.line.restore().await;
    // Whether the lease arrived or not: the key is free within its length, and every load is another token's.
    let began = Instant::now();
    let lease = lead(&b, PATIENT).await;
    assert!(began.elapsed() < ms(700), "{:?}", began.elapsed());
    assert_ne!(lease.token(), token);
    assert_eq!(lease.fill(ANSWER).await.unwrap(), Filled::Stored);
    let version = b.read(lookup(KEY)).await.unwrap().version;
    let filled = a.tier.fill(fill_of(KEY, (token, version), b"old")).await;
    assert_eq!(filled.unwrap(), Filled::Void);
    assert_eq!(text(&b, KEY).await.as_deref(), Some("1"));
}

pub(crate) async fn a_stale_record_is_served_while_another_replica_loads(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    load_stale(&a, KEY, "old", MINUTE).await;
    let how = LookUp {
        serve_stale: true,
        ..PATIENT
    };
    let Ok(LookedUp::Stale(_, Some(lease))) = look_up(&a, lookup(KEY), how).await else {
        panic!("no stale record with a lease");
    };
    match look_up(&b, lookup(KEY), how).await.unwrap() {
        LookedUp::Stale(record, None) => assert_eq!(record.payload, b"old"),
        other => panic!("{other:?}"),
    }
    assert_eq!(lease.fill(ANSWER).await.unwrap(), Filled::Stored);
    let looked_up = look_up(&b, lookup(KEY), how).await;
    assert!(matches!(looked_up, Ok(LookedUp::Fresh(_))), "{looked_up:?}");
}

pub(crate) async fn a_caller_with_a_maximum_age_gets_nothing_older(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    load(&tier, KEY, "old").await;
    let strict = LookUp {
        max_age: Duration::ZERO,
        ..PATIENT
    };
    let lease = lead(&tier, strict).await;
    assert_eq!(lease.fill(ANSWER).await.unwrap(), Filled::Stored);
    let relaxed = LookUp {
        max_age: SECOND * 30,
        ..PATIENT
    };
    let looked_up = look_up(&tier, lookup(KEY), relaxed).await;
    assert!(matches!(looked_up, Ok(LookedUp::Fresh(record)) if record.payload == b"1"));
}
