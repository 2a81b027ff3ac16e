//! How old an answer may be, by which clock, and who decides.

use std::time::Duration;

use cached_attr::{CacheControlExt as _, cached};
use lambda::{Aws, LoadError, load, lookup};

use crate::desk::{Desk, millis, pass, seconds};

#[tokio::test]
async fn l_b1_the_default_age_is_sixty_seconds_for_all_three_sources() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.parameter("/l_b1/var", "one").await.unwrap();
    desk.seed.secret("/l_b1/secret", "one").await.unwrap();
    desk.seed.bucket("l-b1").await.unwrap();
    desk.seed.object("l-b1", "file", b"one").await.unwrap();
    let all_three = async || {
        lookup::parameter(&desk.aws, "/l_b1/var").await.unwrap();
        lookup::secret(&desk.aws, "/l_b1/secret").await.unwrap();
        lookup::object(&desk.aws, "s3://l-b1/file").await.unwrap();
    };

    all_three().await;
    pass(seconds(58)).await;
    all_three().await;
    assert_eq!(desk.meter.total(), 3, "one request each within the minute");

    pass(seconds(2)).await;
    all_three().await;
    assert_eq!(desk.meter.total(), 6, "one more each after it");
}

/// The original counts whole seconds, so that half a second means one. Ours is exact, and an age equal to the ttl is too old.
#[tokio::test(start_paused = true)]
async fn l_b5_an_age_is_exact_and_not_rounded_down_to_seconds() {
    #[cached(ttl = "1s")]
    async fn one_second() -> tokio::time::Instant {
        tokio::time::Instant::now()
    }
    #[cached(ttl = "500ms")]
    async fn half_a_second() -> tokio::time::Instant {
        tokio::time::Instant::now()
    }

    let first = one_second().await;
    tokio::time::advance(millis(900)).await;
    assert_eq!(one_second().await, first, "0.9 s old: a hit");
    tokio::time::advance(millis(100)).await;
    assert_ne!(one_second().await, first, "1 s old: not younger than 1 s");

    let first = half_a_second().await;
    tokio::time::advance(millis(600)).await;
    assert_ne!(
        half_a_second().await,
        first,
        "0.6 s old with half a second allowed: a miss; the original hits"
    );
}

/// In the original a maximum age of zero is the way to refresh, and to store. Ours has a word for each intent: `max_age` zero
/// at the call loads and stores, a ttl of zero switches the cache off.
#[tokio::test]
async fn l_b6_max_age_zero_loads_and_stores_and_a_ttl_of_zero_does_neither() {
    #[cached(ttl = "0s", skip(aws))]
    async fn off(aws: &Aws) -> Result<String, LoadError> {
        load::parameter(aws, "/l_b6/var").await
    }

    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.parameter("/l_b6/var", "v1").await.unwrap();
    assert_eq!(
        lookup::parameter(&desk.aws, "/l_b6/var").await.unwrap(),
        "v1"
    );

    desk.seed.parameter("/l_b6/var", "v2").await.unwrap();
    let forced = lookup::parameter(&desk.aws, "/l_b6/var")
        .max_age(Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(forced, "v2");
    assert_eq!(
        lookup::parameter(&desk.aws, "/l_b6/var").await.unwrap(),
        "v2",
        "stored for the others"
    );
    assert_eq!(desk.meter.total(), 2);

    off(&desk.aws).await.unwrap();
    off(&desk.aws).await.unwrap();
    assert_eq!(desk.meter.total(), 4);
    assert!(off_cache().is_empty(), "a cache that is off keeps nothing");
}

#[tokio::test]
async fn l_b7_each_reader_of_a_shared_entry_judges_by_its_own_maximum_age() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.parameter("/l_b7/var", "v1").await.unwrap();
    let patient = async || lookup::parameter(&desk.aws, "/l_b7/var").await.unwrap();
    let strict = async || {
        lookup::parameter(&desk.aws, "/l_b7/var")
            .max_age(seconds(10))
            .await
            .unwrap()
    };

    patient().await;
    desk.seed.parameter("/l_b7/var", "v2").await.unwrap();
    pass(seconds(20)).await;
    assert_eq!(patient().await, "v1", "20 s is young enough for it");
    assert_eq!(desk.meter.total(), 1);
    assert_eq!(strict().await, "v2", "and too old for this one");
    assert_eq!(patient().await, "v2", "they share the entry");
    assert_eq!(desk.meter.total(), 2);
}

/// The original starts the clock when the answer is there: what took 1.2 s to come counts as brand new. Ours starts when it
/// was asked for: the value may have been read that early, and an answer is never older than it says.
#[tokio::test(start_paused = true)]
async fn l_b8_the_clock_starts_when_the_load_starts() {
    #[cached(ttl = "2s")]
    async fn slow() -> tokio::time::Instant {
        tokio::time::sleep(millis(1200)).await;
        tokio::time::Instant::now()
    }

    let first = slow().await;
    assert_eq!(slow_cache().age(()), Some(millis(1200)));
    tokio::time::advance(millis(700)).await;
    assert_eq!(slow().await, first, "1.9 s after it was asked for");
    tokio::time::advance(millis(100)).await;
    assert_ne!(
        slow().await,
        first,
        "2 s after it was asked for, 0.8 s after it came"
    );
}

#[tokio::test]
async fn l_b11_never_means_once_per_container() {
    #[cached(let var = load::parameter(aws, "/l_b11/var").await?, ttl = never, skip(aws))]
    async fn handler(aws: &Aws) -> Result<String, LoadError> {
        Ok(var)
    }

    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.parameter("/l_b11/var", "once").await.unwrap();
    for _ in 0..5 {
        assert_eq!(handler(&desk.aws).await.unwrap(), "once");
        pass(seconds(36_000)).await;
    }
    assert_eq!(desk.meter.total(), 1);
}

#[tokio::test(start_paused = true)]
async fn l_f16_a_wall_clock_set_back_an_hour_makes_nothing_live_longer() {
    #[cached(ttl = "5s")]
    async fn load() -> tokio::time::Instant {
        tokio::time::Instant::now()
    }

    let first = load().await;
    // It is left where it is: the other tests of this process live by the clock that runs on.
    cached_attr::testing::step_wall_clock_back(seconds(3600));
    tokio::time::advance(seconds(4)).await;
    assert_eq!(load().await, first, "4 s old, whatever the wall says");
    tokio::time::advance(seconds(26)).await;
    assert_ne!(
        load().await,
        first,
        "30 s later with 5 s allowed: a miss; the original hits"
    );
}
