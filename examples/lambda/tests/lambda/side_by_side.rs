//! How long one waits: a stack of resources costs one round, a crowd of callers one load.

use std::time::{Duration, Instant};

use cached_attr::{CacheControlExt as _, cached};
use futures_util::future::join_all;
use lambda::{Aws, LoadError, load, lookup};

use crate::desk::{Desk, millis};

#[tokio::test]
async fn five_cold_resources_of_a_hundred_milliseconds_take_little_more_than_one() {
    async fn slow(value: u8) -> u8 {
        tokio::time::sleep(millis(100)).await;
        value
    }
    #[cached(let one = slow(1).await, ttl = "60s")]
    #[cached(let two = slow(2).await, ttl = "60s")]
    #[cached(let three = slow(3).await, ttl = "60s")]
    #[cached(let four = slow(4).await, ttl = "60s")]
    #[cached(let five = slow(5).await, ttl = "60s")]
    async fn handler() -> u8 {
        one + two + three + four + five
    }

    // The best of three: one bad moment of a busy machine says nothing.
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let began = Instant::now();
        assert_eq!(handler().max_age(Duration::ZERO).await, 15);
        best = best.min(began.elapsed());
    }
    assert!(best < millis(150), "{best:?}");
}

#[cached(let one = load::parameter(aws, "/stack/a").await?, ttl = "60s", skip(aws))]
#[cached(let two = load::parameter(aws, "/stack/b").await?, ttl = "60s", skip(aws))]
#[cached(let three = load::string_list(aws, "/stack/c").await?, ttl = "60s", skip(aws))]
#[cached(let four = load::secret_text(aws, "/stack/d").await?, ttl = "60s", skip(aws))]
#[cached(let five = load::object(aws, "s3://stack/e").await?, ttl = "60s", skip(aws))]
async fn stack(aws: &Aws) -> Result<usize, LoadError> {
    Ok(one.len() + two.len() + three.len() + four.len() + five.read().await?.len())
}

/// There, three resources of 200 ms take 601 ms. Here, five of 200 ms wait together.
#[tokio::test]
async fn l_f10_stacked_resources_cost_a_request_each_and_one_round_of_waiting() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.parameter("/stack/a", "1").await.unwrap();
    desk.seed.parameter("/stack/b", "22").await.unwrap();
    desk.seed.string_list("/stack/c", "x,y,z").await.unwrap();
    desk.seed.secret("/stack/d", "4444").await.unwrap();
    desk.seed.bucket("stack").await.unwrap();
    desk.seed.object("stack", "e", b"55555").await.unwrap();
    for label in ["GetParameter", "GetSecretValue", "GET"] {
        desk.meter.delay(label, millis(200));
    }

    // The crowd comes at once and finds nothing: L-F11 and the fourth issue's bar, too.
    let began = Instant::now();
    let crowd = join_all((0..100).map(|_| stack(&desk.aws))).await;
    let took = began.elapsed();

    assert!(
        crowd.iter().all(|answer| matches!(answer, Ok(15))),
        "{crowd:?}"
    );
    assert_eq!(
        desk.meter.total(),
        5,
        "one load per resource: {:?}",
        desk.meter.counts()
    );
    assert_eq!(desk.meter.most_at_once(), 5, "all under way together");
    assert!(
        took < millis(800),
        "five one after another take a second: {took:?}"
    );
}

/// There, every miss makes a client: credentials, a connection, a handshake. Here one connection serves them all.
#[tokio::test]
async fn l_f17_ten_refreshes_use_one_connection() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.parameter("/l_f17/var", "x").await.unwrap();
    for _ in 0..10 {
        lookup::parameter(&desk.aws, "/l_f17/var")
            .max_age(Duration::ZERO)
            .await
            .unwrap();
    }
    assert_eq!(desk.meter.total(), 10);
    assert_eq!(desk.meter.connections(), 1);

    lookup::parameter(&desk.another_container(), "/l_f17/var")
        .max_age(Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(
        desk.meter.connections(),
        2,
        "a client of its own would have been seen"
    );
}
