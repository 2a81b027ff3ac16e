//! The one request.

use aws_sdk_s3::primitives::ByteStream;

use super::address::ObjectAddress;
use crate::aws::Aws;
use crate::error::{Kind, LoadError};

pub(super) enum Answer {
    /// The bytes that the condition named are still the current ones.
    Unchanged,
    /// Other bytes are.
    Changed(Incoming),
}

/// An answer whose bytes are still on the way.
pub(super) struct Incoming {
    /// The validator of exactly these bytes: it came in the head of the same answer. One requested before or after could
    /// belong to another version.
    pub(super) etag: Option<String>,
    pub(super) bytes: ByteStream,
}

/// GET, unless the object still has the ETag `known`. "Not modified" is the status 304 and no error code; the client reports
/// every status that is not a success as an error.
pub(super) async fn conditional_get(
    aws: &Aws,
    address: &ObjectAddress,
    known: Option<&str>,
) -> Result<Answer, LoadError> {
    let request = aws
        .s3
        .get_object()
        .bucket(address.bucket())
        .key(address.key())
        .set_if_none_match(known.map(str::to_owned));
    let sent = Box::pin(request.send()).await;
    match sent {
        Ok(answer) => Ok(Answer::Changed(Incoming {
            etag: answer.e_tag,
            bytes: answer.body,
        })),
        Err(error)
            if error
                .raw_response()
                .is_some_and(|answer| answer.status().as_u16() == 304) =>
        {
            Ok(Answer::Unchanged)
        }
        Err(error) => {
            let missing = error.as_service_error().is_some_and(|service| {
                service.is_no_such_key() || service.meta().code() == Some("NoSuchBucket")
            });
            Err(if missing {
                LoadError::missing(
                    Kind::Object,
                    &format!("s3://{}/{}", address.bucket(), address.key()),
                )
            } else {
                LoadError::of("GetObject", error)
            })
        }
    }
}
