//! An object of a bucket.

use std::sync::Arc;

use bytes::Bytes;
use cached_attr::LoadContext;

use crate::aws::Aws;
use crate::error::{Kind, LoadError};

/// The bytes of an object, and the validator of exactly these bytes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Object {
    bytes: Bytes,
    etag: Option<String>,
}

impl Object {
    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The validator of these bytes.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }
}

/// The object `s3://bucket/key`.
///
/// One request. It names the `ETag` of the object that `load` replaces, and the answer is "still the same" (304, and that one
/// is renewed) or the new bytes. No date is compared, neither the bucket's nor ours: a date has whole seconds and two
/// clocks, an `ETag` has neither.
pub async fn object(
    aws: &Aws,
    address: &str,
    load: &LoadContext<Object>,
) -> Result<Object, LoadError> {
    let (bucket, key) = parse(address)?;
    let known = load.stale().and_then(Object::etag);
    let request = aws
        .s3
        .get_object()
        .bucket(bucket)
        .key(key)
        .set_if_none_match(known.map(str::to_owned));
    let answer = match Box::pin(request.send()).await {
        Ok(answer) => answer,
        Err(error) => {
            // "Not modified" is the status 304 and no error code; the client reports every status that is not a success.
            let status = error.raw_response().map(|answer| answer.status().as_u16());
            if status == Some(304)
                && let Some(object) = load.not_modified()
            {
                return Ok(object);
            }
            let missing = error.as_service_error().is_some_and(|service| {
                service.is_no_such_key() || service.meta().code() == Some("NoSuchBucket")
            });
            return Err(if missing {
                LoadError::missing(Kind::Object, address)
            } else {
                LoadError::of("GetObject", error)
            });
        }
    };
    // One requested before or after could belong to another version: it came in the head of the same answer.
    let etag = answer.e_tag;
    let body = answer.body.collect().await;
    let body = body.map_err(|source| LoadError::Failed {
        operation: "GetObject",
        source: Arc::new(source),
    })?;
    Ok(Object {
        bytes: body.into_bytes(),
        etag,
    })
}

/// `s3://bucket/key`, taken apart. The key may hold anything, slashes included, but may not be empty.
fn parse(address: &str) -> Result<(&str, &str), LoadError> {
    let wrong = |problem| LoadError::Address { problem };
    let rest = address
        .strip_prefix("s3://")
        .ok_or(wrong("it does not start with `s3://`"))?;
    match rest
        .split_once('/')
        .ok_or(wrong("it names a bucket and no key"))?
    {
        ("", _) => Err(wrong("the bucket is empty")),
        (_, "") => Err(wrong("the key is empty")),
        parts => Ok(parts),
    }
}
