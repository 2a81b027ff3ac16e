//! Who may read what, which is decided before the cache.

use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use instrument_api::{Claims, Keys, Role};
use instrument_api::{latest_run_cache, specification_cache};

use crate::support::{Service, token, token_until};

const GUARDED: [&str; 2] = [
    "/instrument/LOQ/specification",
    "/instrument/LOQ/latest-run",
];

#[tokio::test]
async fn f_b23_without_the_role_a_cached_answer_is_refused_and_not_read() {
    let service = Service::start().await;
    for path in GUARDED {
        assert_eq!(service.get(path).await.status, StatusCode::OK);
    }
    let reads = || {
        let (spec, run) = (specification_cache().stats(), latest_run_cache().stats());
        spec.hits + spec.misses + run.hits + run.misses
    };
    let (before, sent) = (reads(), service.db.queries());
    assert_eq!(before, 2);
    let foreign = Claims {
        role: Role::Staff,
        user_number: 1,
        exp: 32_503_680_000,
    };
    let foreign = Keys::new("another secret").token(&foreign).unwrap();
    for token in ["", "nonsense", &token(Role::User), &foreign] {
        for path in GUARDED {
            let refused = service.send("GET", path, token, None).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path} {token:?}");
            assert_eq!(refused.cache, "");
        }
    }
    assert_eq!((reads(), service.db.queries()), (before, sent));
}

#[tokio::test]
async fn live_data_is_for_everybody() {
    let service = Service::start().await;
    for path in ["/live-data/instruments", "/live-data/LOQ/script"] {
        let answer = service.send("GET", path, "", None).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
}

/// F-B20: that a token is valid was cached for a minute.
#[tokio::test]
async fn f_b20_a_token_that_was_accepted_is_refused_once_it_has_ended() {
    let service = Service::start().await;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    // Clocks may differ by a minute.
    let token = token_until(Role::Staff, now.unwrap().as_secs() - 59);
    let path = GUARDED[0];
    let accepted = service.send("GET", path, &token, None).await;
    assert_eq!(accepted.status, StatusCode::OK);
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    let refused = service.send("GET", path, &token, None).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
