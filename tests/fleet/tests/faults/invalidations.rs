//! Invalidations that meet a fault, a limit or a guard.

use cached_attr_fleet::redis::{RedisFleet, until_trusted};
use cached_attr_fleet::server::Kind;
use cached_attr_runtime::tier::{Delivery, Found, HeldGuard, Target, TierError};

use crate::support::*;

#[tokio::test]
async fn a_restored_snapshot_revives_nothing() {
    let mut fleet = RedisFleet::start(Kind::Redis);
    let tier = replica(&fleet).await;
    load(&tier, "old", &["tenant:acme"]).await;
    // It answers nothing meanwhile, which a slow disk makes long.
    let () = fleet.command(&["SAVE"]).await;
    until_trusted(&*tier).await;
    assert_eq!(tier.invalidate(Target::Key(KEY)).await, Delivery::Done);
    fleet.server.kill();
    eventually("the circuit opens", async || !tier.is_up()).await;
    fleet.server.restart();
    until_trusted(&*tier).await;
    let raw: Option<String> = fleet.command(&["GET", "shop:r:script:LOQ"]).await;
    assert!(
        raw.is_some_and(|raw| raw.ends_with("\nold")),
        "it is there again"
    );
    assert_eq!(text(&tier).await, None, "and it is invalid");
}

#[tokio::test]
async fn a_full_server_costs_a_load_and_still_invalidates() {
    for kind in [Kind::Redis, Kind::Valkey] {
        let fleet = RedisFleet::start(kind);
        let tier = replica(&fleet).await;
        load(&tier, "old", &[]).await;
        let lease = lease_of_another_key(&tier).await;
        let () = fleet.command(&["CONFIG", "SET", "maxmemory", "1"]).await;
        let filled = tier.fill(lease.fill(b"new")).await;
        assert!(matches!(filled, Err(TierError::Failed(_))), "{filled:?}");
        assert_eq!(tier.invalidate(Target::Key(KEY)).await, Delivery::Done);
        assert_eq!(text(&tier).await, None);
        let guard = HeldGuard::take(&tier, KEY, ms(1_000)).await;
        assert!(matches!(guard, Err(TierError::Failed(_))), "{guard:?}");

        let () = fleet.command(&["CONFIG", "SET", "maxmemory", "0"]).await;
        load(&tier, "old", &[]).await;
        let () = fleet.command(&["CONFIG", "SET", "maxmemory", "1"]).await;
        assert_eq!(
            tier.invalidate(Target::tag("tenant:acme")).await,
            Delivery::Done
        );
        let () = fleet.command(&["CONFIG", "SET", "maxmemory", "0"]).await;
        until_trusted(&*tier).await;
        assert_eq!(
            text(&tier).await,
            None,
            "more than was asked for, never less"
        );
    }
}

struct OtherLease(
    cached_attr_runtime::tier::Token,
    cached_attr_runtime::tier::MapVersion,
);

impl OtherLease {
    fn fill<'a>(&self, payload: &'a [u8]) -> cached_attr_runtime::tier::Fill<'a> {
        cached_attr_runtime::tier::Fill {
            key: OTHER,
            ..fill((self.0, self.1), payload, &[])
        }
    }
}

const OTHER: cached_attr_runtime::tier::RecordKey<'static> =
    cached_attr_runtime::tier::RecordKey { key: "MARI", ..KEY };

async fn lease_of_another_key(
    tier: &std::sync::Arc<dyn cached_attr_runtime::tier::Tier>,
) -> OtherLease {
    use cached_attr_runtime::tier::{LeaseReply, LeaseRequest, Lookup, Token};
    let token = Token::new();
    let lookup = Lookup {
        key: OTHER,
        ..LOOKUP
    };
    let request = LeaseRequest {
        token,
        length: ms(5_000),
        declined: None,
    };
    match tier.lease(lookup, request).await {
        Ok(LeaseReply::Granted { version, .. }) => OtherLease(token, version),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_map_keeps_no_more_than_ten_thousand_tags_and_forgets_none() {
    let fleet = RedisFleet::start(Kind::Redis);
    let tier = replica(&fleet).await;
    tier.invalidate(Target::tag("first")).await;
    load(&tier, "old", &["first"]).await;
    for number in 0..10_000 {
        tier.invalidate(Target::tag(&number.to_string())).await;
    }
    let tags: u64 = fleet.command(&["ZCARD", "shop:m"]).await;
    assert!(tags <= 5_010, "{tags}");
    let oldest: Option<f64> = fleet.command(&["ZSCORE", "shop:m", "t:first"]).await;
    assert_eq!(oldest, None);
    assert_eq!(
        text(&tier).await,
        None,
        "what is older than the sum is invalid"
    );
    tier.invalidate(Target::Key(KEY)).await;
    load(&tier, "new", &["first"]).await;
    assert_eq!(text(&tier).await.as_deref(), Some("new"));
    let newest: Option<f64> = fleet.command(&["ZSCORE", "shop:m", "t:9999"]).await;
    assert!(newest >= Some(10_001.0), "{newest:?}");
}

#[tokio::test]
async fn a_guard_that_another_program_deleted_is_put_back_at_once() {
    let fleet = RedisFleet::start(Kind::Redis);
    let (writer, other) = (replica(&fleet).await, replica(&fleet).await);
    let guard = HeldGuard::take(&writer, KEY, ms(10_000)).await.unwrap();
    let () = fleet.command(&["DEL", "shop:r:script:LOQ"]).await;
    eventually("the guard is back", async || {
        other.read(LOOKUP).await.unwrap().found == Found::Guarded
    })
    .await;
    let () = fleet.command(&["FLUSHALL"]).await;
    eventually("the guard is back", async || {
        other.read(LOOKUP).await.unwrap().found == Found::Guarded
    })
    .await;
    guard.commit().await;
    assert_eq!(
        other.read(LOOKUP).await.unwrap().found,
        Found::Nothing { declined: None }
    );
    tokio::time::sleep(ms(50)).await;
    assert_eq!(
        other.read(LOOKUP).await.unwrap().found,
        Found::Nothing { declined: None }
    );
}

#[tokio::test]
async fn a_guard_is_put_back_on_a_server_that_comes_back_empty() {
    let mut fleet = RedisFleet::start(Kind::Redis);
    let writer = replica(&fleet).await;
    let guard = HeldGuard::take(&writer, KEY, ms(10_000)).await.unwrap();
    fleet.server.kill();
    eventually("the circuit opens", async || !writer.is_up()).await;
    fleet.server.restart();
    until_trusted(&*writer).await;
    let other = replica(&fleet).await;
    assert_eq!(other.read(LOOKUP).await.unwrap().found, Found::Guarded);
    guard.commit().await;
    assert_eq!(
        other.read(LOOKUP).await.unwrap().found,
        Found::Nothing { declined: None }
    );
}
