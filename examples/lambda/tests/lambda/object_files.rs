//! Where a file is, and what becomes of it.

use std::path::Path;
use std::time::Duration;

use cached_attr::CacheControlExt as _;
use lambda::{HandlerError, Kind, LoadError, load, lookup, retry_fresh};

use crate::desk::Desk;

#[tokio::test]
async fn l_b18_what_is_no_address_is_refused_before_anything_is_asked() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    for (address, problem) in [
        ("foo", "it does not start with `s3://`"),
        ("http://bucket/key", "it does not start with `s3://`"),
        ("s3:/bucket/key", "it does not start with `s3://`"),
        ("s3://bucket", "it names a bucket and no key"),
        ("s3://bucket/", "the key is empty"),
        ("s3:///key", "the bucket is empty"),
    ] {
        let error = load::object(&desk.aws, address).await.unwrap_err();
        assert!(
            matches!(error, LoadError::Address { problem: told } if told == problem),
            "{address}: {error:?}"
        );
        assert!(
            error.to_string().ends_with("write `s3://bucket/key`"),
            "{error}"
        );
    }
    assert_eq!(desk.meter.total(), 0);
}

/// The shared name in `/tmp` is not kept: see `l_f9`. That the value is a path is.
#[tokio::test]
async fn l_b19_the_value_of_an_object_is_the_path_of_a_file() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.bucket("l-b19").await.unwrap();
    desk.seed
        .object("l-b19", "models/small.bin", &[1, 2, 3])
        .await
        .unwrap();

    let file = load::object(&desk.aws, "s3://l-b19/models/small.bin")
        .await
        .unwrap();
    assert_eq!(std::fs::read(file.path()).unwrap(), [1, 2, 3]);
    assert!(file.etag().is_some());
    let again = load::object(&desk.aws, "s3://l-b19/models/small.bin")
        .await
        .unwrap();
    assert_eq!(file, again);
    // Another container on the same folder: a disk that survived is worth a 304.
    load::object(&desk.another_container(), "s3://l-b19/models/small.bin")
        .await
        .unwrap();
    assert_eq!(desk.meter.answered("GET /l-b19/models/small.bin", 200), 1);
}

#[tokio::test]
async fn l_f8_a_deleted_file_is_downloaded_again_without_a_condition() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.bucket("l-f8").await.unwrap();
    desk.seed.object("l-f8", "file", b"here").await.unwrap();
    let file = lookup::object(&desk.aws, "s3://l-f8/file").await.unwrap();

    std::fs::remove_file(file.path()).unwrap();
    let file = lookup::object(&desk.aws, "s3://l-f8/file")
        .max_age(Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(file.read().await.unwrap(), b"here");
    assert_eq!(
        desk.meter.answered("GET /l-f8/file", 200),
        2,
        "the object is unchanged, and still no 304"
    );
}

/// Within its minute nothing checks whether the file is there: whoever reads it finds out, and one retry mends it.
#[tokio::test]
async fn l_f8_a_file_deleted_while_it_is_trusted_is_mended_by_the_one_who_reads_it() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.bucket("l-f8-fresh").await.unwrap();
    desk.seed
        .object("l-f8-fresh", "file", b"here")
        .await
        .unwrap();
    let read = async || -> Result<Vec<u8>, HandlerError> {
        let file = lookup::object(&desk.aws, "s3://l-f8-fresh/file").await?;
        Ok(file.read().await?)
    };
    let path = lookup::object(&desk.aws, "s3://l-f8-fresh/file")
        .await
        .unwrap()
        .path()
        .to_owned();

    std::fs::remove_file(path).unwrap();
    assert!(matches!(
        read().await,
        Err(HandlerError::Load(LoadError::FileGone))
    ));
    assert_eq!(
        retry_fresh(&read, HandlerError::is_outdated).await.unwrap(),
        b"here"
    );
    assert_eq!(read().await.unwrap(), b"here", "and stored for the next");
    assert_eq!(desk.meter.total(), 2);
}

#[tokio::test]
async fn l_f8_a_file_that_somebody_wrote_into_is_downloaded_again() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.bucket("l-f8-torn").await.unwrap();
    desk.seed
        .object("l-f8-torn", "file", b"all of it")
        .await
        .unwrap();
    let file = load::object(&desk.aws, "s3://l-f8-torn/file")
        .await
        .unwrap();

    std::fs::write(file.path(), b"half").unwrap();
    let file = load::object(&desk.aws, "s3://l-f8-torn/file")
        .await
        .unwrap();
    assert_eq!(file.read().await.unwrap(), b"all of it");
}

#[tokio::test]
async fn l_f9_no_key_spells_a_path_and_no_two_objects_share_a_file() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.bucket("l-f9").await.unwrap();
    desk.seed.bucket("l-f9-b").await.unwrap();
    let keys = [
        "../etc/x",
        "folder/",
        "a/same",
        "b/same",
        "..",
        "x\u{0}y",
        "ends with space ",
    ];
    let mut files = Vec::new();
    for (bucket, key) in keys
        .iter()
        .map(|&key| ("l-f9", key))
        .chain([("l-f9-b", "a/same")])
    {
        let bytes = format!("{bucket} {key}");
        if desk
            .seed
            .object(bucket, key, bytes.as_bytes())
            .await
            .is_err()
        {
            // Not every service takes every key; what it does not take needs no file.
            continue;
        }
        let Ok(file) = load::object(&desk.aws, &format!("s3://{bucket}/{key}")).await else {
            continue;
        };
        assert_eq!(
            file.path().parent(),
            Some(desk.folder.path()),
            "{key:?} leaves the folder"
        );
        let name = file
            .path()
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap();
        assert!(
            name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{name}"
        );
        assert_eq!(file.read().await.unwrap(), bytes.as_bytes());
        files.push(file.path().to_owned());
    }
    assert!(files.len() >= 5, "most of the keys are taken: {files:?}");
    let distinct: std::collections::BTreeSet<&Path> = files.iter().map(AsRef::as_ref).collect();
    assert_eq!(distinct.len(), files.len());
}

#[tokio::test]
async fn an_object_that_does_not_exist_is_missing_by_its_address() {
    let Some(desk) = Desk::set().await else {
        return;
    };
    desk.seed.bucket("no-object").await.unwrap();
    for address in ["s3://no-object/nothing", "s3://no-such-bucket-at-all/key"] {
        let error = load::object(&desk.aws, address).await.unwrap_err();
        let LoadError::Missing {
            kind: Kind::Object,
            names,
        } = &error
        else {
            panic!("{error:?}")
        };
        assert_eq!(names, &[address]);
    }
}
