//! Records: what is read is what was filled, for as long as it lives.

use cached_attr_fleet::fleet::Fleet;
use cached_attr_runtime::tier::{Fill, Filled, Found, Lookup, RecordKey};

use crate::support::*;

pub(crate) async fn a_record_filled_by_one_replica_is_read_by_the_others(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    load_tagged(
        &a,
        KEY,
        "{\"x\":1}\n",
        &["tenant:acme corp", "", "-", "a,b", "ü%"],
    )
    .await;
    let record = record(&b, KEY).await.expect("a record");
    assert_eq!(record.payload, b"{\"x\":1}\n");
    assert_eq!(record.tags, ["tenant:acme corp", "", "-", "a,b", "ü%"]);
    assert!(record.fresh_for > SECOND * 58 && record.fresh_for <= MINUTE);
    assert_eq!(record.fresh_for, record.keep_for);
    assert!(record.age < SECOND * 2);
    assert_eq!(record.lease, None);
}

pub(crate) async fn a_cached_none_is_not_an_absent_key(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    load(&tier, KEY, "null").await;
    assert_eq!(text(&tier, KEY).await.as_deref(), Some("null"));
    assert_eq!(found(&tier, OTHER).await, Found::Nothing { declined: None });
    load(&tier, OTHER, "").await;
    assert_eq!(text(&tier, OTHER).await.as_deref(), Some(""));
}

pub(crate) async fn a_record_of_another_format_or_type_is_a_miss(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    load(&tier, KEY, "1").await;
    let newer = Lookup {
        fingerprint: "json-2",
        ..lookup(KEY)
    };
    let reading = tier.read(newer).await.unwrap();
    assert!(
        matches!(reading.found, Found::Nothing { .. }),
        "{reading:?}"
    );
    let reply = tier
        .lease(
            newer,
            request(cached_attr_runtime::tier::Token::new(), SECOND),
        )
        .await;
    assert!(
        matches!(
            reply,
            Ok(cached_attr_runtime::tier::LeaseReply::Granted { stale: None, .. })
        ),
        "{reply:?}"
    );
}

pub(crate) async fn a_late_fill_does_not_lengthen_a_life(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    let lease = take_lease(&tier, KEY).await;
    tokio::time::sleep(ms(300)).await;
    let fill = Fill {
        life: ms(800),
        stale: SECOND,
        ..fill_of(KEY, lease, b"1")
    };
    assert_eq!(tier.fill(fill).await.unwrap(), Filled::Stored);
    let record = record(&tier, KEY).await.unwrap();
    assert!(record.fresh_for <= ms(500), "{record:?}");
    assert!(record.age >= ms(300), "{record:?}");
    assert!(record.keep_for <= ms(1500), "{record:?}");
    tokio::time::sleep(record.fresh_for).await;
    let stale = crate::support::record(&tier, KEY).await.unwrap();
    assert!(!stale.is_fresh(), "{stale:?}");
}

pub(crate) async fn a_fill_later_than_its_life_is_not_stored(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    let lease = take_lease(&tier, KEY).await;
    tokio::time::sleep(ms(40)).await;
    let fill = Fill {
        life: ms(30),
        ..fill_of(KEY, lease, b"1")
    };
    assert_eq!(tier.fill(fill).await.unwrap(), Filled::TooLate);
    assert_eq!(found(&tier, KEY).await, Found::Nothing { declined: None });
}

pub(crate) async fn an_expired_record_leaves_its_stale_window(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    let lease = take_lease(&tier, KEY).await;
    let fill = Fill {
        stale: SECOND * 30,
        ..fill_of(KEY, lease, b"1")
    };
    tier.fill(fill).await.unwrap();
    tier.expire(KEY).await.unwrap();
    let record = record(&tier, KEY).await.unwrap();
    assert!(!record.is_fresh(), "{record:?}");
    assert!(
        record.keep_for <= SECOND * 30 && record.keep_for > SECOND * 28,
        "{record:?}"
    );

    load(&tier, OTHER, "2").await;
    tier.expire(OTHER).await.unwrap();
    assert_eq!(
        text(&tier, OTHER).await,
        None,
        "without a stale window nothing is left"
    );
}

pub(crate) async fn several_records_are_read_in_order(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    load(&tier, KEY, "1").await;
    load_tagged(&tier, OTHER, "2", &["unknown before the read"]).await;
    let absent = RecordKey { key: "none", ..KEY };
    let readings = tier
        .read_many(&[lookup(OTHER), lookup(absent), lookup(KEY)])
        .await;
    let payloads: Vec<_> = readings
        .into_iter()
        .map(|reading| match reading.unwrap().found {
            Found::Record(record) => Some(record.payload),
            _ => None,
        })
        .collect();
    assert_eq!(payloads, [Some(b"2".to_vec()), None, Some(b"1".to_vec())]);
    assert!(tier.read_many(&[]).await.is_empty());
}

pub(crate) async fn keys_that_look_alike_are_different(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    let long: &'static str = "k".repeat(10_000).leak();
    let longer: &'static str = "k".repeat(10_001).leak();
    let keys = [
        ("a", "b:c"),
        ("a:b", "c"),
        ("a%3Ab", "c"),
        ("a", ""),
        ("a ", "\n"),
        ("a", "%"),
        ("a", long),
        ("a", longer),
    ];
    for (number, (name, key)) in keys.into_iter().enumerate() {
        load(&tier, RecordKey { name, key }, &number.to_string()).await;
    }
    for (number, (name, key)) in keys.into_iter().enumerate() {
        assert_eq!(
            text(&tier, RecordKey { name, key }).await,
            Some(number.to_string())
        );
    }
}
