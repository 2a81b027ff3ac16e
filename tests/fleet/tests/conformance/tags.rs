//! Tags, functions and namespaces: invalidated by number, never by scanning.

use cached_attr_fleet::fleet::Fleet;
use cached_attr_runtime::tier::{
    Delivery, Fill, Filled, Found, LeaseReply, LeaseRequest, RecordKey, Target, Token,
};

use crate::support::*;

const ELSEWHERE: RecordKey<'static> = RecordKey {
    name: "spec",
    key: "LOQ",
};

pub(crate) async fn an_invalidated_tag_invalidates_its_records_only(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    load_tagged(&a, KEY, "1", &["tenant:acme", "kind:script"]).await;
    load_tagged(&a, OTHER, "2", &["tenant:other"]).await;
    assert_eq!(
        b.invalidate(Target::tag("tenant:acme")).await,
        Delivery::Done
    );
    assert_eq!(text(&a, KEY).await, None);
    assert_eq!(text(&a, OTHER).await.as_deref(), Some("2"));
    assert_eq!(
        b.invalidate(Target::tag("kind:script")).await,
        Delivery::Done
    );
    assert_eq!(text(&a, OTHER).await.as_deref(), Some("2"));
}

pub(crate) async fn a_tag_named_during_the_load_counts(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    // Nobody who reads it names its tag.
    load_tagged(&tier, KEY, "1", &["from the answer"]).await;
    assert_eq!(text(&tier, KEY).await.as_deref(), Some("1"));
    tier.invalidate(Target::tag("from the answer")).await;
    assert_eq!(text(&tier, KEY).await, None);
}

pub(crate) async fn a_tag_invalidated_during_a_load_invalidates_the_loads_record(
    fleet: &dyn Fleet,
) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let lease = take_lease(&a, KEY).await;
    b.invalidate(Target::tag("tenant:acme")).await;
    let tags = ["tenant:acme".to_owned()];
    let fill = Fill {
        tags: &tags,
        ..fill_of(KEY, lease, b"old")
    };
    assert_eq!(a.fill(fill).await.unwrap(), Filled::Stored);
    assert_eq!(
        text(&b, KEY).await,
        None,
        "stored, and invalid from the start"
    );
}

pub(crate) async fn a_record_is_judged_by_the_map_that_came_with_it(fleet: &dyn Fleet) {
    let (a, b) = (fleet.replica().await.tier, fleet.replica().await.tier);
    let before = b.read(lookup(KEY)).await.unwrap();
    a.invalidate(Target::tag("tenant:acme")).await;
    // A record of after the invalidation, read by a replica that last saw the map before it.
    load_tagged(&a, KEY, "new", &["tenant:acme"]).await;
    let reading = b.read(lookup(KEY)).await.unwrap();
    assert_eq!(reading.version.seq, before.version.seq + 1);
    assert!(matches!(reading.found, Found::Record(_)), "{reading:?}");
}

pub(crate) async fn an_invalidated_record_does_not_block_its_key(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    load_tagged(&tier, KEY, "old", &["tenant:acme"]).await;
    tier.invalidate(Target::tag("tenant:acme")).await;
    let Found::Nothing {
        declined: Some(declined),
    } = found(&tier, KEY).await
    else {
        panic!("the record is not declined");
    };
    let token = Token::new();
    let request = LeaseRequest {
        declined: Some(declined),
        ..request(token, SECOND)
    };
    let reply = tier.lease(lookup(KEY), request).await.unwrap();
    let LeaseReply::Granted {
        version,
        stale: None,
    } = reply
    else {
        panic!("{reply:?}");
    };
    let tags = ["tenant:acme".to_owned()];
    let fill = Fill {
        tags: &tags,
        ..fill_of(KEY, (token, version), b"new")
    };
    assert_eq!(tier.fill(fill).await.unwrap(), Filled::Stored);
    assert_eq!(text(&tier, KEY).await.as_deref(), Some("new"));
}

pub(crate) async fn a_function_is_invalidated_by_its_name(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    load(&tier, KEY, "1").await;
    load(&tier, ELSEWHERE, "2").await;
    assert_eq!(
        tier.invalidate(Target::Function("script")).await,
        Delivery::Done
    );
    assert_eq!(text(&tier, KEY).await, None);
    assert_eq!(text(&tier, ELSEWHERE).await.as_deref(), Some("2"));
    // A tag of that text is something else.
    tier.invalidate(Target::tag("fn:spec")).await;
    assert_eq!(text(&tier, ELSEWHERE).await.as_deref(), Some("2"));
}

pub(crate) async fn a_namespace_is_invalidated_at_once(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    load(&tier, KEY, "1").await;
    load(&tier, ELSEWHERE, "2").await;
    tier.invalidate(Target::tag("*")).await;
    assert_eq!(text(&tier, KEY).await.as_deref(), Some("1"));
    assert_eq!(tier.invalidate(Target::Namespace).await, Delivery::Done);
    assert_eq!(text(&tier, KEY).await, None);
    assert_eq!(text(&tier, ELSEWHERE).await, None);
}

pub(crate) async fn losing_the_map_invalidates_everything(fleet: &dyn Fleet) {
    let tier = fleet.replica().await.tier;
    load(&tier, KEY, "1").await;
    let lease = take_lease(&tier, OTHER).await;
    let before = tier.read(lookup(KEY)).await.unwrap().version;
    fleet.lose_map().await;
    let reading = tier.read(lookup(KEY)).await.unwrap();
    assert!(
        matches!(reading.found, Found::Nothing { .. }),
        "{reading:?}"
    );
    assert_ne!(reading.version.id, before.id);
    tier.fill(fill_of(OTHER, lease, b"2")).await.unwrap();
    assert_eq!(
        text(&tier, OTHER).await,
        None,
        "a load from before the loss"
    );
}
