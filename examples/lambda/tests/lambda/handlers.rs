//! When a handler runs, what it gets, what it keeps.

use cached_attr::cached;
use cached_attr::testing::isolated;
use lambda::{Aws, Event, HandlerError, LoadError, Order, PartnerError, handler, invoke, load};

use crate::desk::{Desk, Example, pass, seconds};

pub(crate) fn order(id: u64, region: &str, amount: u64) -> Event {
    Event::Order(Order {
        id,
        region: region.to_owned(),
        amount,
        fresh: false,
    })
}

#[tokio::test]
async fn l_b2_each_invocation_looks_up_and_event_and_answer_pass_unchanged() {
    #[cached(let var = load::parameter(aws, "/l_b2/var").await?, ttl = "60s", skip(aws))]
    async fn handler(aws: &Aws, event: Vec<u8>) -> Result<(Vec<u8>, String), LoadError> {
        Ok((event, var.text()?.to_owned()))
    }

    let desk = Desk::new();
    for version in ["v1", "v2", "v3"] {
        desk.seed.parameter("/l_b2/var", version).await;
        let answer = handler(&desk.aws, vec![1, 2, 3]).await.unwrap();
        assert_eq!(answer, (vec![1, 2, 3], version.to_owned()));
        pass(seconds(61)).await;
    }
    assert_eq!(desk.wire.total(), 3);
}

/// In the original nothing is bounded and nothing can be deleted.
#[tokio::test(start_paused = true)]
async fn l_b12_a_cache_is_bounded_and_its_entries_can_be_removed() {
    #[cached(ttl = "1h", capacity = 100)]
    async fn value(name: u32) -> u32 {
        name
    }

    for name in 0..2000 {
        value(name).await;
    }
    let held = value_cache().len();
    assert!(held <= 164, "{held}: the capacity and pending maintenance");
    value(7).await;
    assert_eq!(value_cache().get(7).await, Some(7));
    value_cache().invalidate(7).await;
    assert_eq!(value_cache().get(7).await, None);
}

#[tokio::test]
async fn a_rotated_key_is_noticed_where_it_is_refused_and_only_the_key_is_loaded_again() {
    let Example {
        desk, partner, app, ..
    } = &Example::new().await;
    isolated(async {
        let receipt = invoke(app, order(1, "eu", 100)).await.unwrap();
        let found = (receipt.id, receipt.database.as_str(), receipt.rules);
        assert_eq!(found, (1, "db.internal", 1));

        let key = "/prod/partner/api_key";
        desk.seed.rotate_secret(key, "key-2").await;
        partner.change_key("key-2");
        desk.wire.reset();
        assert_eq!(invoke(app, order(2, "eu", 100)).await.unwrap().id, 2);
        assert_eq!(desk.wire.count("GetSecretValue"), 1);
        assert_eq!(desk.wire.total(), 1, "nothing else is loaded");
        assert_eq!(invoke(app, order(3, "eu", 100)).await.unwrap().id, 3);
        assert_eq!(desk.wire.total(), 1, "the new key is cached");

        partner.change_key("a key that was never stored");
        desk.wire.reset();
        let error = invoke(app, order(4, "eu", 100)).await.unwrap_err();
        let unauthorized = HandlerError::Partner(PartnerError::Unauthorized);
        assert_eq!(error.to_string(), unauthorized.to_string());
        assert_eq!(desk.wire.total(), 1, "one retry, not a loop");
    })
    .await;
}

#[tokio::test]
async fn what_was_prefetched_is_not_requested_by_the_first_order() {
    let Example { desk, app, .. } = &Example::new().await;
    isolated(async {
        handler::prefetch(app).await;
        assert_eq!(desk.wire.total(), 5);
        handler(app, order(1, "eu", 100)).await.unwrap();
        assert_eq!(desk.wire.total(), 5);
    })
    .await;
}

#[tokio::test]
async fn an_order_that_cannot_be_taken_says_why() {
    let Example { app, .. } = &Example::new().await;
    let refused = async |region, amount| {
        let error = handler(app, order(9, region, amount)).await.unwrap_err();
        error.to_string()
    };
    isolated(async {
        let region = "order 9: nothing is delivered to its region";
        let amount = "order 9: its amount is outside of the limits";
        assert_eq!(refused("moon", 100).await, region);
        assert_eq!(refused("eu", 5001).await, amount);
        assert_eq!(refused("eu", 0).await, amount);
    })
    .await;
}
