//! What a failing load leaves behind.

use std::time::Duration;

use cached_attr::{CacheControlExt as _, cached};
use lambda::local::Fault;
use lambda::{Aws, LoadError, load, lookup};

use crate::desk::{Desk, pass, seconds};

const THROTTLED: Fault = Fault::Refuse {
    status: 400,
    code: "ThrottlingException",
};

#[tokio::test]
async fn l_b10_an_error_of_the_first_load_is_told_and_the_next_call_tries_again() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    let look = async || lookup::parameter(&desk.aws, "/l_b10/first").await;

    let error = look().await.unwrap_err();
    assert!(matches!(error, LoadError::Missing { .. }), "{error:?}");
    look().await.unwrap_err();
    assert_eq!(desk.meter.total(), 2, "errors are not remembered");

    desk.seed.parameter("/l_b10/first", "now").await.unwrap();
    assert_eq!(look().await.unwrap(), "now");
}

#[tokio::test]
async fn l_b10_an_error_of_a_refresh_is_told_and_patient_readers_keep_the_old_value() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.parameter("/l_b10/later", "v1").await.unwrap();
    let look = async || lookup::parameter(&desk.aws, "/l_b10/later").await;
    look().await.unwrap();

    desk.meter
        .break_with("GetParameter /l_b10/later", THROTTLED);
    let error = look().max_age(Duration::ZERO).await.unwrap_err();
    assert!(
        matches!(
            error,
            LoadError::Throttled {
                operation: "GetParameter"
            }
        ),
        "{error:?}"
    );
    assert_eq!(
        look().await.unwrap(),
        "v1",
        "still young enough for this one"
    );

    desk.meter.heal();
    desk.seed.parameter("/l_b10/later", "v2").await.unwrap();
    assert_eq!(look().max_age(Duration::ZERO).await.unwrap(), "v2");
}

#[tokio::test]
async fn errors_are_told_apart_by_what_a_caller_can_do_about_them() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    for (status, code, expected) in [
        (
            400,
            "AccessDeniedException",
            "GetParameter was denied (AccessDeniedException)",
        ),
        (
            400,
            "ExpiredTokenException",
            "GetParameter was denied (ExpiredTokenException)",
        ),
        (403, "Forbidden", "GetParameter was denied (Forbidden)"),
        (400, "ThrottlingException", "GetParameter was throttled"),
        (429, "TooManyRequests", "GetParameter was throttled"),
        (500, "InternalServerError", "GetParameter failed"),
    ] {
        desk.meter.heal();
        desk.meter
            .break_with("GetParameter /told/apart", Fault::Refuse { status, code });
        let error = load::parameter(&desk.aws, "/told/apart").await.unwrap_err();
        assert!(error.to_string().starts_with(expected), "{code}: {error}");
    }
}

/// There, an entry that is refreshed is emptied first when the refresh fails, and who reads it just then gets nothing.
#[tokio::test]
async fn l_f11_twenty_calls_at_once_are_one_load_and_nobody_gets_nothing() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.parameter("/l_f11/var", "v1").await.unwrap();
    desk.meter
        .delay("GetParameter /l_f11/var", Duration::from_millis(50));
    let look = async || lookup::parameter(&desk.aws, "/l_f11/var").await;
    let all = futures_util::future::join_all((0..20).map(|_| look())).await;
    assert!(
        all.iter()
            .all(|answer| answer.as_deref().is_ok_and(|value| value == "v1")),
        "{all:?}"
    );
    assert_eq!(desk.meter.total(), 1);

    // Half of them refresh and fail, half of them read: every reader gets the value.
    desk.meter.break_with("GetParameter /l_f11/var", THROTTLED);
    let readers = futures_util::future::join_all((0..20).map(|_| look()));
    let refreshers =
        futures_util::future::join_all((0..20).map(|_| look().max_age(Duration::ZERO)));
    let (failed, read) = tokio::join!(refreshers, readers);
    assert!(failed.iter().all(Result::is_err), "{failed:?}");
    assert!(
        read.iter()
            .all(|answer| answer.as_deref().is_ok_and(|value| value == "v1")),
        "{read:?}"
    );
    // A forced refresh may not be answered by a load that began before it was asked for: the first one
    // has its load, and the other nineteen share the next.
    assert!(desk.meter.total() <= 3, "{}", desk.meter.total());
}

/// There, a throttled refresh fails the invocation. Here it does too, unless the author says that an old answer will do.
#[tokio::test]
async fn l_f12_when_a_refresh_is_throttled_an_old_answer_serves_where_that_was_asked_for() {
    #[cached(let var = load::parameter(aws, "/l_f12/var").await?, ttl = "60s", skip(aws))]
    async fn strict(aws: &Aws) -> Result<String, LoadError> {
        Ok(var)
    }
    #[cached(let var = load::parameter(aws, "/l_f12/var").await?, ttl = "60s", skip(aws),
             stale_if_error = "10m", stale_if_error_when = LoadError::is_passing)]
    async fn lenient(aws: &Aws) -> Result<String, LoadError> {
        Ok(var)
    }

    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.parameter("/l_f12/var", "v1").await.unwrap();
    strict(&desk.aws).await.unwrap();
    lenient(&desk.aws).await.unwrap();

    desk.meter.break_with("GetParameter /l_f12/var", THROTTLED);
    pass(seconds(61)).await;
    desk.meter.reset();
    assert!(matches!(
        strict(&desk.aws).await,
        Err(LoadError::Throttled { .. })
    ));
    for _ in 0..10 {
        assert_eq!(lenient(&desk.aws).await.unwrap(), "v1");
    }
    assert_eq!(
        desk.meter.total(),
        2,
        "a source that asks for patience is not asked ten times"
    );
    pass(seconds(600)).await;
    assert!(
        matches!(lenient(&desk.aws).await, Err(LoadError::Throttled { .. })),
        "too old for anyone"
    );
}

/// That the parameter is gone is no failure but an answer, and ends the old one.
#[tokio::test]
async fn l_f12_a_parameter_that_was_deleted_is_not_served_from_before() {
    #[cached(let var = load::parameter(aws, "/l_f12/gone").await?, ttl = "60s", skip(aws),
             stale_if_error = "10m", stale_if_error_when = LoadError::is_passing)]
    async fn lenient(aws: &Aws) -> Result<String, LoadError> {
        Ok(var)
    }

    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.parameter("/l_f12/gone", "v1").await.unwrap();
    lenient(&desk.aws).await.unwrap();
    desk.seed.remove_parameter("/l_f12/gone").await.unwrap();
    pass(seconds(61)).await;
    assert!(matches!(
        lenient(&desk.aws).await,
        Err(LoadError::Missing { .. })
    ));
    desk.meter.break_with("GetParameter /l_f12/gone", THROTTLED);
    assert!(
        matches!(lenient(&desk.aws).await, Err(LoadError::Throttled { .. })),
        "nothing is left to fall back on"
    );
}

/// L-B22, second half: the handler does not run with half of what it needs.
#[tokio::test]
async fn l_b22_an_error_of_one_resource_stops_the_handler_and_keeps_what_the_others_loaded() {
    #[cached(let good = load::parameter(aws, "/l_b22/good").await?, ttl = "60s", skip(aws))]
    #[cached(let bad = load::parameter(aws, "/l_b22/bad").await?, ttl = "60s", skip(aws))]
    async fn handler(aws: &Aws, ran: &std::cell::Cell<u32>) -> Result<String, LoadError> {
        ran.set(ran.get() + 1);
        Ok(good + &bad)
    }

    let Some(desk) = Desk::set().await else {
        return;
    };
    let ran = std::cell::Cell::new(0);
    desk.seed.parameter("/l_b22/good", "good ").await.unwrap();
    desk.meter
        .delay("GetParameter /l_b22/bad", Duration::from_millis(100));
    let error = handler(&desk.aws, &ran).await.unwrap_err();
    assert!(
        matches!(&error, LoadError::Missing { names, .. } if names == &["/l_b22/bad"]),
        "{error:?}"
    );
    assert_eq!(ran.get(), 0);

    desk.seed.parameter("/l_b22/bad", "bad").await.unwrap();
    pass(seconds(10)).await;
    assert_eq!(handler(&desk.aws, &ran).await.unwrap(), "good bad");
    assert_eq!(
        desk.meter.count("GetParameter /l_b22/good"),
        1,
        "what had been loaded was stored"
    );
    assert_eq!(ran.get(), 1);
}
