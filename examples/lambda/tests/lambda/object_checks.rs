//! Whether a cached file is still the object: the flaws that come from comparing dates.
//!
//! Here no date is compared. The check is one GET that names the ETag of the bytes on disk.

use lambda::{Aws, LoadError, load, lookup};
use lambda_local::Fault;

use crate::desk::{Desk, pass, seconds};

async fn text(aws: &Aws, address: &str) -> Result<String, LoadError> {
    let bytes = load::object(aws, address).await?.read().await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// In the original, the code checks before it downloads and the manual says that it does not. Here the check *is* the
/// download: one request for both.
#[tokio::test]
async fn l_b20_a_check_and_a_download_are_one_request() {
    let desk = Desk::new();
    desk.bucket("l-b20", "file", b"one").await;

    text(&desk.aws, "s3://l-b20/file").await.unwrap();
    text(&desk.aws, "s3://l-b20/file").await.unwrap();
    desk.seed.object("l-b20", "file", b"two").await;
    assert_eq!(text(&desk.aws, "s3://l-b20/file").await.unwrap(), "two");
    let statuses = desk.wire.requests().into_iter().map(|sent| sent.status);
    let statuses = statuses.collect::<Vec<_>>();
    assert_eq!(statuses, [Some(200), Some(304), Some(200)]);
}

#[tokio::test]
async fn l_b21_an_unchanged_file_stays_and_its_age_starts_again() {
    let desk = Desk::new();
    desk.bucket("l-b21", "file", b"one").await;
    let look = async || lookup::object(&desk.aws, "s3://l-b21/file").await.unwrap();

    let first = look().await;
    pass(seconds(60)).await;
    assert_eq!(look().await, first);
    assert_eq!(desk.wire.answered("GET /l-b21/file", 304), 1);
    pass(seconds(59)).await;
    assert_eq!(look().await, first, "a minute again, from the check on");
    assert_eq!(desk.wire.total(), 2);
    assert_eq!(desk.wire.count("GET"), 2, "s3:GetObject is all it needs");
}

/// A bucket's dates have whole seconds: for a check by date, nothing has changed.
#[tokio::test]
async fn l_f3_an_overwrite_within_the_same_second_is_seen_at_the_first_check() {
    let desk = Desk::new();
    desk.bucket("l-f3", "file", b"old").await;
    for version in ["one", "two", "six"] {
        desk.seed.object("l-f3", "file", version.as_bytes()).await;
        let seen = text(&desk.aws, "s3://l-f3/file").await.unwrap();
        assert_eq!(seen, version);
    }
}

#[tokio::test]
async fn l_f4_an_overwrite_during_a_slow_download_is_seen_at_the_first_check() {
    let desk = Desk::new();
    desk.bucket("l-f4", "file", b"the old bytes").await;

    let hold = desk.wire.hold_next("GET /l-f4/file");
    let overwrite = async {
        hold.reached().await;
        desk.seed.object("l-f4", "file", b"the new bytes").await;
        // The original reads the date of the object here, and gets the new one for the old bytes.
        hold.release();
    };
    let (downloaded, ()) = tokio::join!(text(&desk.aws, "s3://l-f4/file"), overwrite);
    let whole = "the old bytes";
    assert_eq!(downloaded.unwrap(), whole, "not half of each");

    let seen = text(&desk.aws, "s3://l-f4/file").await.unwrap();
    assert_eq!(seen, "the new bytes");
    assert_eq!(desk.wire.answered("GET /l-f4/file", 304), 0);
}

/// Two containers on one folder: the slower download ends last and leaves the older bytes. It leaves their ETag with them, so
/// the next check finds the difference.
#[tokio::test]
async fn l_f4_a_download_that_a_newer_one_superseded_is_seen_at_the_next_check() {
    let desk = Desk::new();
    let other = desk.another_container();
    let address = "s3://l-f4-two/file";
    desk.bucket("l-f4-two", "file", b"the old bytes").await;

    let hold = desk.wire.hold_next("GET /l-f4-two/file");
    let supersede = async {
        hold.reached().await;
        desk.seed.object("l-f4-two", "file", b"the new bytes").await;
        assert_eq!(text(&other, address).await.unwrap(), "the new bytes");
        hold.release();
    };
    let (slow, ()) = tokio::join!(text(&desk.aws, address), supersede);
    assert_eq!(slow.unwrap(), "the old bytes");
    assert_eq!(text(&other, address).await.unwrap(), "the new bytes");
}

/// The original subtracts the bucket's date from the local clock. A local clock ahead of the bucket's (L-F5) or behind it
/// (L-F6) hides changes, and an object of three days and five seconds (L-F7) counts as five seconds old and is downloaded
/// for nothing. A check that sends no date, and works when the answers have none, has no such error.
#[tokio::test]
async fn l_f5_l_f6_l_f7_a_check_uses_no_clock_and_no_date() {
    let desk = Desk::new();
    desk.bucket("l-f5", "file", b"one").await;
    desk.wire.inject("GET /l-f5/file", Fault::NoDates);

    for version in ["one", "two"] {
        desk.seed.object("l-f5", "file", version.as_bytes()).await;
        for _ in ["downloaded", "checked"] {
            let seen = text(&desk.aws, "s3://l-f5/file").await.unwrap();
            assert_eq!(seen, version);
        }
    }
    let requests = desk.wire.requests().into_iter();
    let requests = requests.map(|sent| (sent.conditions, sent.status.unwrap()));
    let named = vec!["if-none-match".to_owned()];
    let expected = [
        (vec![], 200),
        (named.clone(), 304),
        (named.clone(), 200),
        (named, 304),
    ];
    assert_eq!(requests.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_download_that_breaks_off_leaves_the_file_as_it_was() {
    let desk = Desk::new();
    let address = "s3://broken-off/file";
    desk.bucket("broken-off", "file", b"the first version")
        .await;
    let file = load::object(&desk.aws, address).await.unwrap();

    let second = b"the second version";
    desk.seed.object("broken-off", "file", second).await;
    desk.wire.inject("GET /broken-off/file", Fault::Cut);
    let error = load::object(&desk.aws, address).await.unwrap_err();
    assert!(matches!(error, LoadError::Failed { .. }), "{error:?}");
    assert_eq!(file.read().await.unwrap(), b"the first version");
    let left = std::fs::read_dir(desk.folder.path()).unwrap().count();
    assert_eq!(left, 2, "the file and its note, no half of a file");

    desk.wire.heal();
    let seen = text(&desk.aws, address).await.unwrap();
    assert_eq!(seen.as_bytes(), second);
}
