//! How old a value may be, by which clock, and who decides.

use std::time::Duration;

use cached_attr::{CacheControlExt as _, cached};
use lambda::{Aws, LoadError, load, lookup};
use tokio::time::{Instant, advance};

use crate::desk::{Desk, millis, pass, seconds};

#[tokio::test]
async fn l_b1_the_default_age_is_sixty_seconds_for_all_three_sources() {
    let desk = Desk::new();
    desk.seed.parameter("/l_b1/var", "one").await;
    desk.seed.secret("/l_b1/secret", "one").await;
    desk.bucket("l-b1", "file", b"one").await;
    let all_three = async || {
        lookup::parameter(&desk.aws, "/l_b1/var").await.unwrap();
        lookup::secret(&desk.aws, "/l_b1/secret").await.unwrap();
        lookup::object(&desk.aws, "s3://l-b1/file").await.unwrap();
    };

    all_three().await;
    pass(seconds(58)).await;
    all_three().await;
    assert_eq!(desk.wire.total(), 3, "one request each within the minute");

    pass(seconds(2)).await;
    all_three().await;
    assert_eq!(desk.wire.total(), 6, "one more each after it");
}

/// The original counts whole seconds, so half a second means one. Here an age is exact, and an age equal to the TTL is too
/// old.
#[tokio::test(start_paused = true)]
async fn l_b5_an_age_is_exact_and_not_rounded_down_to_seconds() {
    #[cached(ttl = "1s")]
    async fn one_second() -> Instant {
        Instant::now()
    }
    #[cached(ttl = "500ms")]
    async fn half_a_second() -> Instant {
        Instant::now()
    }

    let first = one_second().await;
    advance(millis(900)).await;
    assert_eq!(one_second().await, first, "0.9 s old: a hit");
    advance(millis(100)).await;
    assert_ne!(one_second().await, first, "1 s old: not younger than 1 s");

    let first = half_a_second().await;
    advance(millis(600)).await;
    assert_ne!(half_a_second().await, first, "0.6 s old: the original hits");
}

/// In the original, a maximum age of zero refreshes and stores. Here each intent has its own option: a `max_age` of zero at
/// the call loads and stores, a TTL of zero switches the cache off.
#[tokio::test]
async fn l_b6_max_age_zero_loads_and_stores_and_a_ttl_of_zero_does_neither() {
    #[cached(ttl = "0s", skip(aws))]
    async fn off(aws: &Aws) -> Result<load::Parameter, LoadError> {
        load::parameter(aws, "/l_b6/var").await
    }

    let desk = Desk::new();
    let look = async || lookup::parameter(&desk.aws, "/l_b6/var").await;
    desk.seed.parameter("/l_b6/var", "v1").await;
    assert_eq!(look().await.unwrap().text().unwrap(), "v1");

    desk.seed.parameter("/l_b6/var", "v2").await;
    let forced = look().max_age(Duration::ZERO).await.unwrap();
    assert_eq!(forced.text().unwrap(), "v2");
    assert_eq!(look().await.unwrap(), forced, "stored for the others");
    assert_eq!(desk.wire.total(), 2);

    off(&desk.aws).await.unwrap();
    off(&desk.aws).await.unwrap();
    assert_eq!(desk.wire.total(), 4);
    assert!(off_cache().is_empty(), "a cache that is off keeps nothing");
}

#[tokio::test]
async fn l_b7_each_reader_of_a_shared_entry_judges_by_its_own_maximum_age() {
    let desk = Desk::new();
    desk.seed.parameter("/l_b7/var", "v1").await;
    let look = async || lookup::parameter(&desk.aws, "/l_b7/var").await.unwrap();

    look().await;
    desk.seed.parameter("/l_b7/var", "v2").await;
    pass(seconds(20)).await;
    assert_eq!(look().await.text().unwrap(), "v1", "20 s: young enough");
    let strict = look().max_age(seconds(10)).await;
    assert_eq!(strict.text().unwrap(), "v2", "20 s: too old for 10");
    assert_eq!(look().await, strict, "they share the entry");
    assert_eq!(desk.wire.total(), 2);
}

/// Four parameters, each assigned with an age of its own: 20, 30, 40 and the default of 60 seconds.
#[tokio::test]
async fn l_b7_four_parameters_assigned_with_four_ages_are_loaded_at_their_own_pace() {
    async fn assign_parameter(aws: &Aws) -> Result<(), LoadError> {
        let assign = |name| lookup::parameter(aws, name);
        assign("/l_b7/20").max_age(seconds(20)).await?.text()?;
        assign("/l_b7/30").max_age(seconds(30)).await?.text()?;
        assign("/l_b7/40").max_age(seconds(40)).await?.list()?;
        assign("/l_b7/60").await?.text()?;
        Ok(())
    }

    let desk = Desk::new();
    desk.seed.parameter("/l_b7/20", "text").await;
    desk.seed.parameter("/l_b7/30", "text").await;
    desk.seed.string_list("/l_b7/40", "a,b").await;
    desk.seed.secure_string("/l_b7/60", "secret").await;
    // One call every ten seconds, from 0 to 110.
    for _ in 0..12 {
        assign_parameter(&desk.aws).await.unwrap();
        pass(seconds(10)).await;
    }
    let loads =
        ["20", "30", "40", "60"].map(|age| desk.wire.count(&format!("GetParameter /l_b7/{age}")));
    assert_eq!(loads, [6, 4, 3, 2]);
}

/// The original starts the clock when the answer arrives: one that took 1.2 s counts as new. Here the clock starts with the
/// request: the value may have been read that early.
#[tokio::test(start_paused = true)]
async fn l_b8_the_clock_starts_when_the_load_starts() {
    #[cached(ttl = "2s")]
    async fn slow() -> Instant {
        tokio::time::sleep(millis(1200)).await;
        Instant::now()
    }

    let first = slow().await;
    assert_eq!(slow_cache().age(()), Some(millis(1200)));
    advance(millis(700)).await;
    assert_eq!(slow().await, first, "1.9 s after the request");
    advance(millis(100)).await;
    assert_ne!(slow().await, first, "2 s after it, 0.8 s after the answer");
}

#[tokio::test]
async fn l_b11_never_means_once_per_container() {
    #[cached(let var = load::parameter(aws, "/l_b11/var").await?, ttl = never, skip(aws))]
    async fn handler(aws: &Aws) -> Result<String, LoadError> {
        Ok(var.text()?.to_owned())
    }

    let desk = Desk::new();
    desk.seed.parameter("/l_b11/var", "once").await;
    for _ in 0..5 {
        assert_eq!(handler(&desk.aws).await.unwrap(), "once");
        pass(seconds(36_000)).await;
    }
    assert_eq!(desk.wire.total(), 1);
}
