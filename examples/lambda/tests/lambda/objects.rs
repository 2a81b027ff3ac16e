//! Whether a cached object is still the one in the bucket: the flaws that come from comparing dates.
//!
//! Here no date is compared. The check is one GET that names the ETag of the bytes in memory.

use cached_attr::CacheControlExt as _;
use lambda::{Aws, Kind, LoadError, lookup};
use lambda_local::Fault;

use crate::desk::{Desk, pass, seconds};

/// Checks the object, however young the cached one is.
async fn text(aws: &Aws, address: &str) -> Result<String, LoadError> {
    let object = lookup::object(aws, address).no_cache().await?;
    Ok(String::from_utf8_lossy(object.bytes()).into_owned())
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
async fn l_b21_an_unchanged_object_stays_and_its_age_starts_again() {
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
async fn a_download_that_breaks_off_leaves_the_object_as_it_was() {
    let desk = Desk::new();
    let address = "s3://broken-off/file";
    let first = b"the first version";
    desk.bucket("broken-off", "file", first).await;
    text(&desk.aws, address).await.unwrap();

    let second = b"the second version";
    desk.seed.object("broken-off", "file", second).await;
    desk.wire.inject("GET /broken-off/file", Fault::Cut);
    let error = text(&desk.aws, address).await.unwrap_err();
    assert!(matches!(error, LoadError::Failed { .. }), "{error:?}");
    let held = lookup::object(&desk.aws, address).await.unwrap();
    assert_eq!(held.bytes(), first.as_slice());

    desk.wire.heal();
    let seen = text(&desk.aws, address).await.unwrap();
    assert_eq!(seen.as_bytes(), second);
}

#[tokio::test]
async fn l_b18_what_is_not_an_address_is_refused_before_any_request() {
    let desk = Desk::new();
    for (address, problem) in [
        ("foo", "it does not start with `s3://`"),
        ("http://bucket/key", "it does not start with `s3://`"),
        ("s3:/bucket/key", "it does not start with `s3://`"),
        ("s3://bucket", "it names a bucket and no key"),
        ("s3://bucket/", "the key is empty"),
        ("s3:///key", "the bucket is empty"),
    ] {
        let error = lookup::object(&desk.aws, address).await.unwrap_err();
        let expected = format!("not the address of an object: {problem}; write `s3://bucket/key`");
        assert_eq!(error.to_string(), expected, "{address}");
    }
    assert_eq!(desk.wire.total(), 0);
}

/// In the original the value is the path of a file in `/tmp`, named after the key: somebody may delete the file (L-F8), and
/// two keys may spell one path (L-F9). Here the value is the bytes.
#[tokio::test]
async fn l_b19_l_f8_l_f9_no_two_objects_share_a_place() {
    let desk = Desk::new();
    desk.seed.bucket("l-f9").await;
    desk.seed.bucket("l-f9-b").await;
    let objects = [
        ("l-f9", "a/../../../etc/x"),
        ("l-f9", "folder/"),
        ("l-f9", "a/same"),
        ("l-f9", "b/same"),
        ("l-f9-b", "a/same"),
        ("l-f9", "ends with space "),
    ];
    for (bucket, key) in objects {
        let bytes = format!("{bucket} {key}");
        desk.seed.object(bucket, key, bytes.as_bytes()).await;
        let address = format!("s3://{bucket}/{key}");
        lookup::object(&desk.aws, &address).await.unwrap();
    }
    for (bucket, key) in objects {
        let address = format!("s3://{bucket}/{key}");
        let object = lookup::object(&desk.aws, &address).await.unwrap();
        assert_eq!(object.bytes(), format!("{bucket} {key}").as_bytes());
        assert!(object.etag().is_some());
    }
    assert_eq!(desk.wire.total(), objects.len());
}

#[tokio::test]
async fn an_object_that_does_not_exist_is_missing_by_its_address() {
    let desk = Desk::new();
    desk.seed.bucket("no-object").await;
    for address in ["s3://no-object/nothing", "s3://no-such-bucket-at-all/key"] {
        let error = lookup::object(&desk.aws, address).await.unwrap_err();
        let LoadError::Missing { kind, names } = &error else {
            panic!("{error:?}")
        };
        assert_eq!(
            (*kind, &names[..]),
            (Kind::Object, &[address.to_owned()][..])
        );
    }
}
