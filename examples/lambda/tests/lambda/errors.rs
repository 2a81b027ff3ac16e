//! What a load that fails leaves behind.

use std::cell::Cell;
use std::time::Duration;

use cached_attr::testing::isolated;
use cached_attr::{CacheControlExt as _, cached};
use futures_util::future::join_all;
use lambda::{Aws, LoadError, invoke, load, lookup};
use lambda_local::Fault;

use crate::desk::{Desk, Example, millis, pass, seconds};
use crate::handlers::order;

const THROTTLED: Fault = Fault::Refuse(400, "ThrottlingException");

#[tokio::test]
async fn l_b10_an_error_of_the_first_load_is_returned_and_the_next_call_tries_again() {
    let desk = Desk::new();
    let look = async || lookup::parameter(&desk.aws, "/l_b10/first").await;

    for tries in 1..=2 {
        let error = look().await.unwrap_err();
        assert!(matches!(error, LoadError::Missing { .. }), "{error:?}");
        assert_eq!(desk.wire.total(), tries, "errors are not cached");
    }
    desk.seed.parameter("/l_b10/first", "now").await;
    assert_eq!(look().await.unwrap().text().unwrap(), "now");
}

#[tokio::test]
async fn l_b10_an_error_of_a_refresh_is_returned_and_patient_readers_keep_the_old_value() {
    let desk = Desk::new();
    desk.seed.parameter("/l_b10/later", "v1").await;
    let look = async || lookup::parameter(&desk.aws, "/l_b10/later").await;
    let first = look().await.unwrap();

    desk.wire.inject("GetParameter /l_b10/later", THROTTLED);
    let error = look().max_age(Duration::ZERO).await.unwrap_err();
    assert!(matches!(error, LoadError::Throttled { .. }), "{error:?}");
    assert_eq!(look().await.unwrap(), first, "young enough for this one");

    desk.wire.heal();
    desk.seed.parameter("/l_b10/later", "v2").await;
    let second = look().max_age(Duration::ZERO).await.unwrap();
    assert_eq!(second.text().unwrap(), "v2");
}

#[tokio::test]
async fn errors_are_told_apart_by_what_a_caller_can_do_about_them() {
    let desk = Desk::new();
    for (status, code, expected) in [
        (400, "AccessDeniedException", "GetParameter was denied"),
        (400, "ExpiredTokenException", "GetParameter was denied"),
        (403, "Forbidden", "GetParameter was denied (Forbidden)"),
        (400, "ThrottlingException", "GetParameter was throttled"),
        (429, "TooManyRequests", "GetParameter was throttled"),
        (500, "InternalServerError", "GetParameter failed"),
    ] {
        desk.wire.heal();
        desk.wire
            .inject("GetParameter", Fault::Refuse(status, code));
        let error = load::parameter(&desk.aws, "/apart").await.unwrap_err();
        assert!(error.to_string().starts_with(expected), "{code}: {error}");
    }
}

/// In the original, an entry whose refresh fails is emptied first, and a reader at that moment gets nothing.
#[tokio::test]
async fn l_f11_twenty_calls_at_once_are_one_load_and_every_reader_gets_the_value() {
    let desk = Desk::new();
    desk.seed.parameter("/l_f11/var", "v1").await;
    desk.wire.delay("GetParameter /l_f11/var", millis(50));
    let look = async || lookup::parameter(&desk.aws, "/l_f11/var").await;
    let is_v1 = |answer: &Result<load::Parameter, LoadError>| {
        answer.as_ref().unwrap().text().unwrap() == "v1"
    };
    let all = join_all((0..20).map(|_| look())).await;
    assert!(all.iter().all(is_v1), "{all:?}");
    assert_eq!(desk.wire.total(), 1);

    // Half of them refresh and fail, half of them read.
    desk.wire.inject("GetParameter /l_f11/var", THROTTLED);
    let readers = join_all((0..20).map(|_| look()));
    let refreshers = join_all((0..20).map(|_| look().max_age(Duration::ZERO)));
    let (failed, read) = tokio::join!(refreshers, readers);
    assert!(failed.iter().all(Result::is_err), "{failed:?}");
    assert!(read.iter().all(is_v1), "{read:?}");
    // A load that began before a forced refresh cannot answer it: the first one has its load, the others share the next.
    assert!(desk.wire.total() <= 3, "{}", desk.wire.total());
}

/// In the original, a throttled refresh fails the invocation. Here it does too, unless the author allows a stale value.
#[tokio::test]
async fn l_f12_when_a_refresh_is_throttled_a_stale_value_is_served_where_that_is_allowed() {
    #[cached(let var = load::parameter(aws, "/l_f12/var").await?, ttl = "60s", skip(aws))]
    async fn strict(aws: &Aws) -> Result<load::Parameter, LoadError> {
        Ok(var)
    }
    #[cached(let var = load::parameter(aws, "/l_f12/var").await?, ttl = "60s", skip(aws),
             stale_if_error = "10m", stale_if_error_when = LoadError::is_passing)]
    async fn lenient(aws: &Aws) -> Result<load::Parameter, LoadError> {
        Ok(var)
    }
    let is_throttled = |answer: Result<_, _>| matches!(answer, Err(LoadError::Throttled { .. }));

    let desk = Desk::new();
    desk.seed.parameter("/l_f12/var", "v1").await;
    strict(&desk.aws).await.unwrap();
    let v1 = lenient(&desk.aws).await.unwrap();

    desk.wire.inject("GetParameter /l_f12/var", THROTTLED);
    pass(seconds(61)).await;
    desk.wire.reset();
    assert!(is_throttled(strict(&desk.aws).await));
    for _ in 0..10 {
        assert_eq!(lenient(&desk.aws).await.unwrap(), v1);
    }
    assert_eq!(desk.wire.total(), 2, "one request each, not one a call");
    pass(seconds(600)).await;
    assert!(is_throttled(lenient(&desk.aws).await), "too old for anyone");
}

/// The handler's database address is such a value, also when a lookup loaded it.
#[tokio::test]
async fn l_f12_the_handler_keeps_its_database_address_while_the_store_throttles() {
    let Example { desk, app, .. } = &Example::new().await;
    isolated(async {
        invoke(app, order(1, "eu", 100)).await.unwrap();
        let look_up = lookup::parameter(&app.aws, "/app/db_url");
        look_up.max_age(Duration::ZERO).await.unwrap();

        let label = "GetParameter /app/db_url";
        desk.wire.inject(label, THROTTLED);
        for minutes in [2, 7] {
            pass(seconds(60 * minutes)).await;
            let receipt = invoke(app, order(2, "eu", 100)).await.unwrap();
            assert_eq!(receipt.database, "db.internal", "after {minutes} minutes");
        }
        pass(seconds(120)).await;
        invoke(app, order(3, "eu", 100)).await.unwrap_err();
        assert_eq!(desk.wire.answered(label, 400), 3);
    })
    .await;
}

/// That the parameter is gone is not a failure but an answer, and ends the old one.
#[tokio::test]
async fn l_f12_a_parameter_that_was_deleted_is_not_served_stale() {
    #[cached(let var = load::parameter(aws, "/l_f12/gone").await?, ttl = "60s", skip(aws),
             stale_if_error = "10m", stale_if_error_when = LoadError::is_passing)]
    async fn lenient(aws: &Aws) -> Result<load::Parameter, LoadError> {
        Ok(var)
    }

    let desk = Desk::new();
    desk.seed.parameter("/l_f12/gone", "v1").await;
    lenient(&desk.aws).await.unwrap();
    desk.seed.delete_parameter("/l_f12/gone").await;
    pass(seconds(61)).await;
    let error = lenient(&desk.aws).await.unwrap_err();
    assert!(matches!(error, LoadError::Missing { .. }), "{error:?}");
    desk.wire.inject("GetParameter /l_f12/gone", THROTTLED);
    let error = lenient(&desk.aws).await.unwrap_err();
    assert!(matches!(error, LoadError::Throttled { .. }), "{error:?}");
}

/// L-B22, second half: the handler does not run with half of what it needs.
#[tokio::test]
async fn l_b22_an_error_of_one_resource_stops_the_handler_and_keeps_what_the_others_loaded() {
    #[cached(let good = load::parameter(aws, "/l_b22/good").await?, ttl = "60s", skip(aws))]
    #[cached(let bad = load::parameter(aws, "/l_b22/bad").await?, ttl = "60s", skip(aws))]
    async fn handler(aws: &Aws, runs: &Cell<u32>) -> Result<String, LoadError> {
        runs.set(runs.get() + 1);
        Ok(good.text()?.to_owned() + bad.text()?)
    }

    let (desk, runs) = (Desk::new(), Cell::new(0));
    desk.seed.parameter("/l_b22/good", "good ").await;
    desk.wire.delay("GetParameter /l_b22/bad", millis(100));
    let error = handler(&desk.aws, &runs).await.unwrap_err();
    assert!(
        matches!(&error, LoadError::Missing { names, .. } if names == &["/l_b22/bad"]),
        "{error:?}"
    );
    assert_eq!(runs.get(), 0);

    desk.seed.parameter("/l_b22/bad", "bad").await;
    pass(seconds(10)).await;
    assert_eq!(handler(&desk.aws, &runs).await.unwrap(), "good bad");
    let loads = desk.wire.count("GetParameter /l_b22/good");
    assert_eq!(loads, 1, "what had been loaded was stored");
    assert_eq!(runs.get(), 1);
}
