//! What a person sees on the server, and in the logs.

use cached_attr_fleet::redis::RedisFleet;
use cached_attr_fleet::server::Kind;
use cached_attr_runtime::tier::{Lookup, RecordKey, Target, leader};

use crate::support::*;

#[tokio::test]
async fn records_are_readable_with_get_and_ttl() {
    let fleet = RedisFleet::start(Kind::Redis);
    let tier = replica(&fleet).await;
    load(&tier, "{\"value\":1}", &["tenant:acme", "kind"]).await;
    let raw: String = fleet.command(&["GET", "shop:r:script:LOQ"]).await;
    let (header, payload) = raw.split_once('\n').unwrap();
    assert_eq!(payload, "{\"value\":1}");
    let words: Vec<_> = header.split(' ').collect();
    assert_eq!(words.len(), 13, "{header}");
    assert_eq!(words[..2], ["ca1", "json-1"]);
    assert_eq!(words[4..6], ["60000", "30000"]);
    assert_eq!(words[8], "-", "nobody loads it");
    assert_eq!(words[11..], ["-", "tenant:acme,kind"]);
    let ttl: i64 = fleet.command(&["TTL", "shop:r:script:LOQ"]).await;
    assert!((88..=90).contains(&ttl), "{ttl}");
    let mut keys: Vec<String> = fleet.command(&["KEYS", "shop:*"]).await;
    keys.sort();
    assert_eq!(keys, ["shop:m", "shop:r:script:LOQ"]);
}

#[tokio::test]
async fn a_lease_is_distinguished_from_a_record_at_a_glance() {
    let fleet = RedisFleet::start(Kind::Redis);
    let tier = replica(&fleet).await;
    let (token, _) = lease(&tier).await.unwrap();
    let raw: String = fleet.command(&["GET", "shop:r:script:LOQ"]).await;
    assert!(
        raw.contains(&format!(" - 0 {token} ")) && raw.ends_with('\n'),
        "{raw}"
    );
    let ttl: i64 = fleet.command(&["PTTL", "shop:r:script:LOQ"]).await;
    assert!(ttl > 4_000 && ttl <= 5_000, "{ttl}");
}

#[tokio::test]
async fn a_leader_is_readable_with_hgetall() {
    let fleet = RedisFleet::start(Kind::Redis);
    let tier = replica(&fleet).await;
    leader(&tier, "seed")
        .run(async |fence| {
            let holder: String = fleet.command(&["HGET", "shop:l:seed", "holder"]).await;
            assert!(
                holder.ends_with(&format!(":{}", std::process::id())),
                "{holder}"
            );
            let stored: u64 = fleet.command(&["HGET", "shop:l:seed", "fence"]).await;
            assert_eq!(stored, fence);
            let until: u64 = fleet.command(&["HGET", "shop:l:seed", "until"]).await;
            assert!(until > fence / 1_000);
        })
        .await
        .into_ran()
        .unwrap();
}

#[tokio::test]
async fn namespaces_on_one_server_do_not_meet() {
    let fleet = RedisFleet::start(Kind::Redis);
    let shop = replica(&fleet).await;
    let other: std::sync::Arc<dyn cached_attr_runtime::tier::Tier> =
        std::sync::Arc::new(fleet.direct().namespace("shop2").build().unwrap());
    cached_attr_fleet::redis::until_trusted(&*other).await;
    load(&shop, "1", &["tenant:acme"]).await;
    assert_eq!(text(&other).await, None);
    load(&other, "2", &["tenant:acme"]).await;
    other.invalidate(Target::Namespace).await;
    other.invalidate(Target::tag("tenant:acme")).await;
    assert_eq!(text(&shop).await.as_deref(), Some("1"));
}

#[tokio::test]
async fn a_function_without_arguments_and_a_long_key_have_readable_names() {
    let fleet = RedisFleet::start(Kind::Redis);
    let tier = replica(&fleet).await;
    let long = "x".repeat(500);
    for (name, key) in [("configs", ""), ("app::spec", "a:b"), ("spec", &long)] {
        let lookup = Lookup {
            key: RecordKey { name, key },
            ..LOOKUP
        };
        let request = cached_attr_runtime::tier::LeaseRequest {
            token: cached_attr_runtime::tier::Token::new(),
            length: ms(1_000),
            declined: None,
        };
        tier.lease(lookup, request).await.unwrap();
    }
    let mut keys: Vec<String> = fleet.command(&["KEYS", "shop:r:*"]).await;
    keys.sort();
    assert_eq!(keys[..2], ["shop:r:app%3A%3Aspec:a:b", "shop:r:configs"]);
    assert!(keys[2].starts_with("shop:r:spec:sha256~"), "{}", keys[2]);
    assert_eq!(
        tier.canonical_key(&long),
        keys[2].rsplit(':').next().unwrap()
    );
}
