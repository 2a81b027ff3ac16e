//! The server is away, slow or frozen.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cached_attr_fleet::proxy::{Mode, Proxy};
use cached_attr_fleet::redis::{RedisFleet, connect, until_trusted};
use cached_attr_fleet::server::Kind;
use cached_attr_runtime::tier::{Delivery, LookUp, LookedUp, Target, Tier, TierError, look_up};

use crate::support::*;

#[tokio::test]
async fn a_server_that_was_never_there_costs_the_first_call_little_and_the_others_nothing() {
    // A port that nothing listens on.
    let tier = connect("redis://127.0.0.1:1").build().unwrap();
    let began = Instant::now();
    for _ in 0..1_000 {
        let read = tier.read(LOOKUP).await;
        assert!(matches!(read, Err(TierError::Unavailable)), "{read:?}");
    }
    assert!(began.elapsed() < ms(1_500), "{:?}", began.elapsed());
    assert_eq!(tier.stats().refused, 1_000);
    assert!(!tier.is_up());
    assert!(!tier.health().await.up);
}

#[tokio::test]
async fn a_frozen_server_costs_one_timeout_and_then_nothing_until_it_is_back() {
    let fleet = RedisFleet::start(Kind::Redis);
    let tier = replica(&fleet).await;
    load(&tier, "1", &[]).await;
    fleet.server.freeze();
    let began = Instant::now();
    let read = tier.read(LOOKUP).await;
    assert!(
        matches!(read, Err(TierError::Timeout | TierError::Failed(_))),
        "{read:?}"
    );
    assert!(began.elapsed() < ms(1_200), "{:?}", began.elapsed());
    eventually("the circuit opens", async || !tier.is_up()).await;
    let began = Instant::now();
    for _ in 0..100 {
        let read = tier.read(LOOKUP).await;
        assert!(matches!(read, Err(TierError::Unavailable)), "{read:?}");
    }
    assert!(began.elapsed() < ms(50), "{:?}", began.elapsed());
    fleet.server.thaw();
    let began = Instant::now();
    until_trusted(&*tier).await;
    assert!(began.elapsed() < ms(2_000), "{:?}", began.elapsed());
    assert_eq!(text(&tier).await.as_deref(), Some("1"));
}

#[tokio::test]
async fn a_killed_server_that_comes_back_empty_is_used_again_and_gets_what_it_missed() {
    let mut fleet = RedisFleet::start(Kind::Redis);
    let tier = replica(&fleet).await;
    load(&tier, "1", &[]).await;
    fleet.server.kill();
    eventually("the circuit opens", async || !tier.is_up()).await;
    assert_eq!(tier.invalidate(Target::Key(KEY)).await, Delivery::Queued);
    assert_eq!(
        tier.invalidate(Target::tag("tenant:acme")).await,
        Delivery::Queued
    );
    tokio::time::sleep(ms(1_000)).await;
    fleet.server.restart();
    let began = Instant::now();
    until_trusted(&*tier).await;
    assert!(began.elapsed() < ms(2_000), "{:?}", began.elapsed());
    assert_eq!(text(&tier).await, None);
    let score: Option<f64> = fleet.command(&["ZSCORE", "shop:m", "t:tenant:acme"]).await;
    assert_eq!(score, Some(1.0), "the tag was delivered to the new server");
    load(&tier, "2", &[]).await;
    assert_eq!(tier.health().await.undelivered, 0);
}

#[tokio::test]
async fn a_slow_line_costs_one_timeout_an_operation() {
    let fleet = RedisFleet::start(Kind::Redis);
    let proxy = Proxy::start(fleet.server.port()).await;
    let tier = connect(&proxy.url()).build().unwrap();
    until_trusted(&tier).await;
    proxy.set(Mode::Delaying(ms(2_000)));
    let began = Instant::now();
    let read = tier.read(LOOKUP).await;
    assert!(
        matches!(read, Err(TierError::Timeout | TierError::Failed(_))),
        "{read:?}"
    );
    assert!(began.elapsed() < ms(1_200), "{:?}", began.elapsed());
    proxy.set(Mode::Working);
    until_trusted(&tier).await;
}

#[tokio::test]
async fn answers_that_are_damaged_on_the_way_end_the_connection() {
    for mode in [Mode::Dropping, Mode::Garbling] {
        let fleet = RedisFleet::start(Kind::Redis);
        let proxy = Proxy::start(fleet.server.port()).await;
        let tier: Arc<dyn Tier> = Arc::new(connect(&proxy.url()).build().unwrap());
        until_trusted(&*tier).await;
        load(&tier, "1", &[]).await;
        let generation = tier.trust().generation().unwrap();
        proxy.set(mode);
        let began = Instant::now();
        let read = tier.read(LOOKUP).await;
        assert!(read.is_err(), "{mode:?}: {read:?}");
        assert!(
            began.elapsed() < ms(1_200),
            "{mode:?}: {:?}",
            began.elapsed()
        );
        eventually("the circuit opens", async || !tier.is_up()).await;
        proxy.set(Mode::Working);
        until_trusted(&*tier).await;
        assert!(!tier.trust().holds(generation), "{mode:?}");
        assert_eq!(text(&tier).await.as_deref(), Some("1"), "{mode:?}");
    }
}

#[tokio::test]
async fn an_invalidation_whose_caller_was_dropped_is_delivered() {
    let fleet = RedisFleet::start(Kind::Redis);
    let proxy = Proxy::start(fleet.server.port()).await;
    let tier = connect(&proxy.url()).build().unwrap();
    until_trusted(&tier).await;
    let other = replica(&fleet).await;
    load(&other, "1", &["tenant:acme"]).await;
    proxy.set(Mode::Stalled);
    let invalidation = tier.invalidate(Target::tag("tenant:acme"));
    assert!(tokio::time::timeout(ms(10), invalidation).await.is_err());
    drop(tier.invalidate(Target::Key(KEY)));
    assert_eq!(tier.health().await.undelivered, 2);
    assert_eq!(text(&other).await.as_deref(), Some("1"));
    proxy.set(Mode::Working);
    until_trusted(&tier).await;
    assert_eq!(text(&other).await, None);
}

#[tokio::test]
async fn a_lease_that_arrives_late_is_given_back() {
    let fleet = RedisFleet::start(Kind::Redis);
    let (late, other) = (replica(&fleet).await, replica(&fleet).await);
    let how = LookUp {
        lease: ms(10_000),
        wait: ms(10_000),
        serve_stale: false,
        max_age: Duration::MAX,
    };
    // Reads are answered, and everything that may write waits.
    let () = fleet.command(&["CLIENT", "PAUSE", "1200", "WRITE"]).await;
    let looked_up = look_up(&late, LOOKUP, how).await;
    assert!(
        matches!(looked_up, Err(TierError::Timeout)),
        "{looked_up:?}"
    );
    tokio::time::sleep(ms(900)).await;
    let began = Instant::now();
    let looked_up = look_up(&other, LOOKUP, how).await;
    assert!(matches!(looked_up, Ok(LookedUp::Lead(..))), "{looked_up:?}");
    assert!(began.elapsed() < ms(2_000), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_tier_survives_the_runtime_that_connected_it() {
    let fleet = RedisFleet::start(Kind::Redis);
    let tier = Arc::new(fleet.direct().build().unwrap());
    let first = Arc::clone(&tier);
    let used = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(until_trusted(&*first));
    });
    used.join().unwrap();
    assert_eq!(
        tier.trust().generation(),
        None,
        "nobody reads its pushes now"
    );
    until_trusted(&*tier).await;
    assert!(tier.read(LOOKUP).await.is_ok());
}
