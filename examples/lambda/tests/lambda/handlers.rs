//! The handler's own life: when it runs, what it is given, what it keeps.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use cached_attr::cached;
use cached_attr::testing::isolated;
use lambda::local::PartnerApi;
use lambda::{
    App, Aws, Event, HandlerError, LoadError, Order, Partner, PartnerError, handler, load,
    retry_fresh,
};

use crate::desk::{Desk, pass, seconds};

#[tokio::test]
async fn l_b2_each_invocation_looks_up_and_event_and_answer_pass_unchanged() {
    #[cached(let var = load::parameter(aws, "/l_b2/var").await?, ttl = "60s", skip(aws))]
    async fn handler(aws: &Aws, event: Vec<u8>) -> Result<(Vec<u8>, String), LoadError> {
        Ok((event, var))
    }

    let Some(desk) = Desk::set().await else {
        return;
    };
    for version in ["v1", "v2", "v3"] {
        desk.seed.parameter("/l_b2/var", version).await.unwrap();
        let answer = handler(&desk.aws, vec![1, 2, 3]).await.unwrap();
        assert_eq!(answer, (vec![1, 2, 3], version.to_owned()));
        pass(seconds(61)).await;
    }
    assert_eq!(desk.meter.total(), 3);
}

/// There, nothing is bounded and nothing can be deleted. Here both, and there is nothing to write for it.
#[tokio::test(start_paused = true)]
async fn l_b12_a_cache_is_bounded_and_its_entries_can_be_removed() {
    #[cached(ttl = "1h", capacity = 100)]
    async fn value(name: u32) -> u32 {
        name
    }

    for name in 0..2000 {
        value(name).await;
    }
    assert!(
        value_cache().len() <= 164,
        "give or take what is still being tidied up: {}",
        value_cache().len()
    );
    value(7).await;
    value_cache().invalidate(7).await;
    assert_eq!(value_cache().get(7).await, None);
}

/// Two resources, one call a second over an hour that takes no time.
#[tokio::test(start_paused = true)]
async fn over_an_hour_a_resource_is_loaded_as_often_as_its_expiry_says() {
    static HALF_MINUTES: AtomicUsize = AtomicUsize::new(0);
    static MINUTES: AtomicUsize = AtomicUsize::new(0);
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    #[allow(
        clippy::unused_async,
        reason = "a resource is something that is awaited"
    )]
    async fn count(loads: &AtomicUsize) -> usize {
        loads.fetch_add(1, Relaxed)
    }
    #[cached(let half_minute = count(&HALF_MINUTES).await, ttl = "30s")]
    #[cached(let minute = count(&MINUTES).await, ttl = "60s")]
    async fn handler() -> (usize, usize) {
        RUNS.fetch_add(1, Relaxed);
        (half_minute, minute)
    }

    let mut last = (0, 0);
    for _ in 0..3600 {
        last = handler().await;
        tokio::time::advance(seconds(1)).await;
    }
    assert_eq!(last, (119, 59), "each has the latest load of its own");
    let counts = (
        HALF_MINUTES.load(Relaxed),
        MINUTES.load(Relaxed),
        RUNS.load(Relaxed),
    );
    assert_eq!(counts, (120, 60, 3600));
}

fn order(id: u64) -> Event {
    Event::Order(Order {
        id,
        region: "eu".to_owned(),
        amount: 100,
        fresh: false,
    })
}

#[tokio::test]
async fn a_rotated_key_is_noticed_where_it_is_refused_and_loaded_once_more() {
    let Some(desk) = Desk::of_the_example().await else {
        return;
    };
    let partner = PartnerApi::start("key-1").await.unwrap();
    let app = App {
        aws: desk.aws.clone(),
        partner: Partner::new(partner.url()),
    };
    let invoked =
        async |id| retry_fresh(|| handler(&app, order(id)), HandlerError::is_outdated).await;

    isolated(async {
        let receipt = invoked(1).await.unwrap();
        assert_eq!(
            (receipt.id, receipt.database.as_str(), receipt.rules),
            (1, "db.internal", 1)
        );

        desk.seed
            .rotate_secret("/prod/partner/api_key", "key-2")
            .await
            .unwrap();
        partner.change_key("key-2");
        desk.meter.reset();
        assert_eq!(invoked(2).await.unwrap().id, 2);
        assert_eq!(desk.meter.count("GetSecretValue"), 1, "loaded again, once");
        assert_eq!(
            desk.meter.total(),
            5,
            "as is everything else that the handler stands on"
        );
        assert_eq!(invoked(3).await.unwrap().id, 3);
        assert_eq!(desk.meter.total(), 5, "the new key is remembered");

        partner.change_key("a key that was never stored");
        desk.meter.reset();
        let error = invoked(4).await.unwrap_err();
        assert!(
            matches!(error, HandlerError::Partner(PartnerError::Unauthorized)),
            "{error:?}"
        );
        assert_eq!(desk.meter.total(), 5, "one retry, not a loop");
    })
    .await;
}

#[tokio::test]
async fn what_was_prefetched_is_not_asked_for_by_the_first_order() {
    let Some(desk) = Desk::of_the_example().await else {
        return;
    };
    let partner = PartnerApi::start("key-1").await.unwrap();
    let app = App {
        aws: desk.aws.clone(),
        partner: Partner::new(partner.url()),
    };

    isolated(async {
        handler::prefetch(&app).await;
        assert_eq!(desk.meter.total(), 5);
        handler(&app, order(1)).await.unwrap();
        assert_eq!(desk.meter.total(), 5);
    })
    .await;
}

#[tokio::test]
async fn an_order_that_cannot_be_taken_says_why() {
    let Some(desk) = Desk::of_the_example().await else {
        return;
    };
    let partner = PartnerApi::start("key-1").await.unwrap();
    let app = App {
        aws: desk.aws.clone(),
        partner: Partner::new(partner.url()),
    };
    let refused = async |region: &str, amount| {
        let order = Order {
            id: 9,
            region: region.to_owned(),
            amount,
            fresh: false,
        };
        handler(&app, Event::Order(order))
            .await
            .unwrap_err()
            .to_string()
    };

    isolated(async {
        assert_eq!(
            refused("moon", 100).await,
            "order 9: nothing is delivered to its region"
        );
        assert_eq!(
            refused("eu", 5001).await,
            "order 9: its amount is outside of the limits"
        );
        assert_eq!(
            refused("eu", 0).await,
            "order 9: its amount is outside of the limits"
        );
    })
    .await;
}
