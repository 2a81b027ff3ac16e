//! Where a file is, and what becomes of it.

use std::collections::BTreeSet;
use std::time::Duration;

use cached_attr::CacheControlExt as _;
use lambda::{Kind, LoadError, load, lookup};

use crate::desk::Desk;

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
        let error = load::object(&desk.aws, address).await.unwrap_err();
        let expected = format!("not the address of an object: {problem}; write `s3://bucket/key`");
        assert_eq!(error.to_string(), expected, "{address}");
    }
    assert_eq!(desk.wire.total(), 0);
}

/// The value is a path, as in the original. The shared name in `/tmp` is not: see `l_f9`.
#[tokio::test]
async fn l_b19_the_value_of_an_object_is_the_path_of_a_file() {
    let desk = Desk::new();
    let address = "s3://l-b19/models/small.bin";
    desk.bucket("l-b19", "models/small.bin", &[1, 2, 3]).await;

    let file = load::object(&desk.aws, address).await.unwrap();
    assert_eq!(std::fs::read(file.path()).unwrap(), [1, 2, 3]);
    assert!(file.etag().is_some());
    let again = load::object(&desk.aws, address).await.unwrap();
    assert_eq!(file, again);
    // Another container on the same folder: a disk that survived is worth a 304.
    let other = desk.another_container();
    load::object(&other, address).await.unwrap();
    assert_eq!(desk.wire.answered("GET /l-b19/models/small.bin", 200), 1);
}

#[tokio::test]
async fn l_f8_a_deleted_file_is_downloaded_again_without_a_condition() {
    let desk = Desk::new();
    desk.bucket("l-f8", "file", b"here").await;
    let look = async || lookup::object(&desk.aws, "s3://l-f8/file").await.unwrap();

    std::fs::remove_file(look().await.path()).unwrap();
    let gone = look().await.read().await.unwrap_err();
    assert!(matches!(gone, LoadError::FileGone), "{gone:?}");
    let file = look().max_age(Duration::ZERO).await;
    assert_eq!(file.read().await.unwrap(), b"here");
    let downloads = desk.wire.answered("GET /l-f8/file", 200);
    assert_eq!(downloads, 2, "the object is unchanged, and still no 304");
}

#[tokio::test]
async fn l_f8_a_file_that_somebody_wrote_into_is_downloaded_again() {
    let desk = Desk::new();
    desk.bucket("l-f8-torn", "file", b"all of it").await;
    for _ in 0..2 {
        let file = load::object(&desk.aws, "s3://l-f8-torn/file").await;
        let file = file.unwrap();
        assert_eq!(file.read().await.unwrap(), b"all of it");
        std::fs::write(file.path(), b"half").unwrap();
    }
}

#[tokio::test]
async fn l_f9_no_key_spells_a_path_and_no_two_objects_share_a_file() {
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
    let mut names = BTreeSet::new();
    for (bucket, key) in objects {
        let bytes = format!("{bucket} {key}");
        desk.seed.object(bucket, key, bytes.as_bytes()).await;
        let file = load::object(&desk.aws, &format!("s3://{bucket}/{key}")).await;
        let file = file.unwrap();
        assert_eq!(file.read().await.unwrap(), bytes.as_bytes());
        let (folder, name) = (file.path().parent(), file.path().file_name());
        assert_eq!(folder, Some(desk.folder.path()), "{key:?}");
        let name = name.unwrap().to_str().unwrap();
        let digits = name.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(name.len() == 64 && digits, "{name}");
        names.insert(name.to_owned());
    }
    assert_eq!(names.len(), objects.len());
}

#[tokio::test]
async fn an_object_that_does_not_exist_is_missing_by_its_address() {
    let desk = Desk::new();
    desk.seed.bucket("no-object").await;
    for address in ["s3://no-object/nothing", "s3://no-such-bucket-at-all/key"] {
        let error = load::object(&desk.aws, address).await.unwrap_err();
        let LoadError::Missing { kind, names } = &error else {
            panic!("{error:?}")
        };
        assert_eq!(
            (*kind, &names[..]),
            (Kind::Object, &[address.to_owned()][..])
        );
    }
}
