//! Whether a kept file is still the object: the flaws that came of comparing dates.
//!
//! Ours compares none. The check is one GET that names the ETag of the bytes on disk.

use std::time::{Duration, SystemTime};

use cached_attr::CacheControlExt as _;
use lambda::local::Fault;
use lambda::{Aws, LoadError, load, lookup};

use crate::desk::{Desk, millis, pass, seconds};

async fn text(aws: &Aws, address: &str) -> Result<String, LoadError> {
    let bytes = load::object(aws, address).await?.read().await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// There, the code checks before it downloads and the manual says that it does not. Here there is no choice to get wrong: the
/// check *is* the download, one request for both.
#[tokio::test]
async fn l_b20_a_check_and_a_download_are_one_request() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.bucket("l-b20").await.unwrap();
    desk.seed.object("l-b20", "file", b"one").await.unwrap();

    text(&desk.aws, "s3://l-b20/file").await.unwrap();
    text(&desk.aws, "s3://l-b20/file").await.unwrap();
    desk.seed.object("l-b20", "file", b"two").await.unwrap();
    assert_eq!(text(&desk.aws, "s3://l-b20/file").await.unwrap(), "two");
    assert_eq!(desk.meter.total(), 3);
    assert_eq!(
        (
            desk.meter.answered("GET", 200),
            desk.meter.answered("GET", 304)
        ),
        (2, 1)
    );
}

#[tokio::test]
async fn l_b21_an_unchanged_file_stays_and_its_age_starts_again() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.bucket("l-b21").await.unwrap();
    desk.seed.object("l-b21", "file", b"one").await.unwrap();
    let look = async || lookup::object(&desk.aws, "s3://l-b21/file").await.unwrap();

    let first = look().await;
    assert_eq!(
        desk.meter.answered("GET /l-b21/file", 200),
        1,
        "the first load always downloads"
    );
    pass(seconds(60)).await;
    assert_eq!(look().await, first);
    assert_eq!(desk.meter.answered("GET /l-b21/file", 304), 1);
    pass(seconds(59)).await;
    assert_eq!(
        look().await,
        first,
        "a whole minute again, from the check on"
    );
    assert_eq!(desk.meter.total(), 2);
    assert!(
        desk.meter
            .counts()
            .keys()
            .all(|label| label.starts_with("GET ")),
        "s3:GetObject is all it needs"
    );
}

#[tokio::test]
async fn l_f3_an_overwrite_within_the_same_second_is_seen_at_the_first_check() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.bucket("l-f3").await.unwrap();
    desk.seed.object("l-f3", "file", b"old").await.unwrap();
    assert_eq!(text(&desk.aws, "s3://l-f3/file").await.unwrap(), "old");

    // Well within a second, and as long as what it replaces. For a bucket with whole seconds nothing has happened.
    let then = SystemTime::now();
    desk.seed.object("l-f3", "file", b"new").await.unwrap();
    desk.meter
        .break_with("GET /l-f3/file", Fault::LastModified(then));
    assert_eq!(text(&desk.aws, "s3://l-f3/file").await.unwrap(), "new");
}

#[tokio::test]
async fn l_f4_an_overwrite_during_a_slow_download_is_seen_at_the_first_check() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.bucket("l-f4").await.unwrap();
    desk.seed
        .object("l-f4", "file", b"the old bytes")
        .await
        .unwrap();

    let hold = desk.meter.hold_next("GET /l-f4/file");
    let overwrite = async {
        hold.reached().await;
        desk.seed
            .object("l-f4", "file", b"the new bytes")
            .await
            .unwrap();
        // The original asks for the date of the object here, and would get the new one for the old bytes.
        hold.release();
    };
    let (downloaded, ()) = tokio::join!(text(&desk.aws, "s3://l-f4/file"), overwrite);
    assert_eq!(
        downloaded.unwrap(),
        "the old bytes",
        "whole, not half of each"
    );

    assert_eq!(
        text(&desk.aws, "s3://l-f4/file").await.unwrap(),
        "the new bytes"
    );
    assert_eq!(desk.meter.answered("GET /l-f4/file", 304), 0);
}

/// Two containers on one folder, or two caches in one: the slower download ends last and leaves the older bytes. It leaves their
/// ETag with them, so the next check sees it.
#[tokio::test]
async fn l_f4_a_download_that_a_newer_one_overtook_is_seen_at_the_next_check() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    let other = desk.another_container();
    desk.seed.bucket("l-f4-two").await.unwrap();
    desk.seed
        .object("l-f4-two", "file", b"the old bytes")
        .await
        .unwrap();

    let hold = desk.meter.hold_next("GET /l-f4-two/file");
    let overtake = async {
        hold.reached().await;
        desk.seed
            .object("l-f4-two", "file", b"the new bytes")
            .await
            .unwrap();
        assert_eq!(
            text(&other, "s3://l-f4-two/file").await.unwrap(),
            "the new bytes"
        );
        hold.release();
    };
    let (slow, ()) = tokio::join!(text(&desk.aws, "s3://l-f4-two/file"), overtake);
    assert_eq!(slow.unwrap(), "the old bytes");
    assert_eq!(
        text(&other, "s3://l-f4-two/file").await.unwrap(),
        "the new bytes"
    );
}

#[tokio::test]
async fn l_f5_a_local_clock_thirty_seconds_ahead_of_the_bucket_hides_no_change() {
    a_skewed_clock_hides_nothing("l-f5", |now| now - seconds(30)).await;
}

#[tokio::test]
async fn l_f6_a_local_clock_behind_the_bucket_hides_no_change() {
    a_skewed_clock_hides_nothing("l-f6", |now| now + seconds(3)).await;
    a_skewed_clock_hides_nothing("l-f6-more", |now| now + seconds(30)).await;
}

/// All dates that the bucket sends are by its own clock.
async fn a_skewed_clock_hides_nothing(bucket: &str, theirs: fn(SystemTime) -> SystemTime) {
    let Some(desk) = Desk::set().await else {
        return;
    };
    let (address, label) = (format!("s3://{bucket}/file"), format!("GET /{bucket}/file"));
    let put = async |bytes: &[u8]| {
        desk.seed.object(bucket, "file", bytes).await.unwrap();
        let now = theirs(SystemTime::now());
        desk.meter.heal();
        desk.meter.break_with(&label, Fault::ServerClock(now));
        desk.meter.break_with(&label, Fault::LastModified(now));
    };
    desk.seed.bucket(bucket).await.unwrap();

    put(b"one").await;
    assert_eq!(text(&desk.aws, &address).await.unwrap(), "one");
    assert_eq!(text(&desk.aws, &address).await.unwrap(), "one");
    assert_eq!(
        desk.meter.answered(&label, 304),
        1,
        "unchanged is unchanged"
    );
    for version in ["two", "three", "four"] {
        put(version.as_bytes()).await;
        assert_eq!(
            text(&desk.aws, &address).await.unwrap(),
            version,
            "at the first check"
        );
    }
    assert_eq!(desk.meter.total(), 5);
}

/// There, three days and five seconds count as five seconds, and the file is downloaded again for nothing.
#[tokio::test]
async fn l_f7_an_object_of_three_days_and_five_seconds_is_not_downloaded_again() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.bucket("l-f7").await.unwrap();
    desk.seed
        .object("l-f7", "file", b"old and good")
        .await
        .unwrap();
    let changed = SystemTime::now() - Duration::from_hours(72) - seconds(5);
    desk.meter
        .break_with("GET /l-f7/file", Fault::LastModified(changed));

    lookup::object(&desk.aws, "s3://l-f7/file").await.unwrap();
    lookup::object(&desk.aws, "s3://l-f7/file")
        .max_age(Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(desk.meter.answered("GET /l-f7/file", 200), 1);
    assert_eq!(desk.meter.answered("GET /l-f7/file", 304), 1);
}

/// Not one of the list: a check that is refused or breaks off leaves the good file where it is.
#[tokio::test]
async fn a_download_that_breaks_off_leaves_the_file_as_it_was() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.bucket("broken-off").await.unwrap();
    desk.seed
        .object("broken-off", "file", b"the first version")
        .await
        .unwrap();
    let file = load::object(&desk.aws, "s3://broken-off/file")
        .await
        .unwrap();

    desk.seed
        .object("broken-off", "file", b"the second version")
        .await
        .unwrap();
    desk.meter.break_with("GET /broken-off/file", Fault::Cut);
    let error = load::object(&desk.aws, "s3://broken-off/file")
        .await
        .unwrap_err();
    assert!(matches!(error, LoadError::Failed { .. }), "{error:?}");
    assert_eq!(file.read().await.unwrap(), b"the first version");
    let left: Vec<_> = std::fs::read_dir(desk.folder.path()).unwrap().collect();
    assert_eq!(left.len(), 2, "the file and its note, no half of a file");

    desk.meter.heal();
    desk.meter.delay("GET /broken-off/file", millis(1));
    assert_eq!(
        text(&desk.aws, "s3://broken-off/file").await.unwrap(),
        "the second version"
    );
}
