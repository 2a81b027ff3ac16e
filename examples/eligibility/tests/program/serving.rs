//! From a good bucket to a broken one, over HTTP.

use std::fs;
use std::time::Duration;

use eligibility::{Bucket, sample};

use crate::program::Program;

#[tokio::test]
async fn a_broken_file_is_hidden_by_the_stale_configs_and_shown_to_who_bypasses_them() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    sample::write(&Bucket::open(place).unwrap()).await.unwrap();
    let ttl = Duration::from_millis(50);
    let program = Program::start(place, &[("CONFIG_CACHE_TTL_SECONDS", "50ms")]).await;

    let good = program.eligibility("app").await;
    assert_eq!(good.status, 200, "{}", good.body);

    fs::write(folder.path().join(sample::path(7)), "{").unwrap();
    // The process has a clock of its own, which cannot be paused from here.
    tokio::time::sleep(2 * ttl).await;
    let stale = program.eligibility("app").await;
    assert_eq!((stale.status, &stale.body), (200, &good.body));
    assert!(
        stale.header("cache-status").contains("detail=stale"),
        "{}",
        stale.head
    );

    let bypass = program.eligibility("test-consumer-1").await;
    assert_eq!(bypass.status, 500, "{}", bypass.body);
    assert!(bypass.body.starts_with(&sample::path(7)), "{}", bypass.body);
}
