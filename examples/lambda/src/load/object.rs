//! An object of a bucket, kept as a file.

mod address;
mod download;
mod kept;

use std::path::{Path, PathBuf};

pub use self::address::ObjectAddress;
use self::download::{Answer, conditional_get};
use self::kept::Kept;
use crate::aws::Aws;
use crate::error::LoadError;

/// A file that holds the bytes of an object.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ObjectFile {
    path: PathBuf,
    etag: Option<String>,
}

impl ObjectFile {
    /// Where the bytes are. The path of an object never changes: a newer version takes the file's place in one step.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The validator of the bytes that were there when this was loaded.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// Reads the file. When somebody deleted it, that is an error of its own: the next load downloads it again.
    pub async fn read(&self) -> Result<Vec<u8>, LoadError> {
        tokio::fs::read(&self.path)
            .await
            .map_err(|error| match error.kind() {
                std::io::ErrorKind::NotFound => LoadError::FileGone,
                _ => error.into(),
            })
    }
}

/// Brings the kept file of `s3://bucket/key` up to date and says where it is.
///
/// One request. It names the ETag of the bytes on disk, and the answer is "still the same" (304, the file stays) or the new
/// bytes. No date is compared, neither the bucket's nor ours: a date has whole seconds and two clocks, an ETag has neither.
/// Without a file (never downloaded, deleted, or not as we wrote it) the request carries no condition.
pub async fn object(aws: &Aws, address: &str) -> Result<ObjectFile, LoadError> {
    let address = ObjectAddress::parse(address)?;
    let kept = Kept::of(&address, aws.files());
    let known = kept.etag().await;
    match conditional_get(aws, &address, known.as_deref()).await? {
        Answer::Unchanged => Ok(ObjectFile {
            path: kept.into_path(),
            etag: known,
        }),
        Answer::Changed(incoming) => {
            let etag = kept.receive(incoming).await?;
            Ok(ObjectFile {
                path: kept.into_path(),
                etag,
            })
        }
    }
}
