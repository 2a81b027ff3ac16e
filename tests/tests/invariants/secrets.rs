//! I6: no key, argument or value in anything that this crate prints.

use std::time::Duration;

use cached_attr::{CacheControlExt as _, FnCache, cached};
use cached_attr_tests::record_whole_log;

const SECRET: &str = "postgres://user:hunter2@db";

#[cached(ttl = "1m", error_ttl = "1s")]
async fn dsn(user: &str) -> Result<String, String> {
    if user.ends_with('!') {
        Err(format!("{SECRET} {user}"))
    } else {
        Ok(SECRET.to_owned())
    }
}

#[tokio::test(start_paused = true)]
async fn caches_guards_statistics_and_statuses_show_no_key_and_no_value() {
    let (answer, status) = dsn("alice").with_status().await;
    assert_eq!(answer.as_deref(), Ok(SECRET));
    let guard = dsn_cache().write("alice").await;
    let shown = [
        format!("{:?} {:#?}", dsn_cache(), dsn_cache()),
        format!("{guard:?}"),
        format!("{:?}", dsn_cache().stats()),
        format!("{status:?} {status}"),
        format!("{:?}", cached_attr::caches()),
        format!("{:?}", cached_attr::stats()),
        format!("{:?}", guard.commit().await),
        format!("{:?}", dsn_cache().invalidate("alice").await),
    ]
    .concat();

    assert!(
        shown.contains("dsn"),
        "it shows the function's name: {shown}"
    );
    for secret in ["hunter2", "alice", "postgres"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_logged_of_calls_errors_and_invalidations() {
    let (logged, _guard) = record_whole_log();
    let _ = dsn("bob").await;
    let _ = dsn("bob!").await;
    let _ = dsn("bob!").await;
    dsn_cache().invalidate("bob").await;
    dsn_cache().expire("bob!").await;

    let text = logged.lines().concat();
    for secret in ["hunter2", "bob", "postgres"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn a_builder_shows_its_name_and_not_more() {
    let builder = FnCache::<String, String>::builder()
        .name("tokens")
        .ttl(Duration::from_secs(1));
    assert!(format!("{builder:?}").contains("tokens"));
    let cache = builder.build();
    assert!(format!("{cache:?}").contains("tokens"));
}
