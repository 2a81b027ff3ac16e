//! The address of an object, and the name of its file.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::error::LoadError;

/// `s3://bucket/key`, taken apart.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct ObjectAddress {
    bucket: String,
    key: String,
}

impl ObjectAddress {
    /// Takes `s3://bucket/key` apart. The key may hold anything, slashes included, but may not be empty.
    ///
    /// ```
    /// use lambda::load::ObjectAddress;
    ///
    /// assert_eq!(ObjectAddress::parse("s3://rules/eu/rules.json")?.key(), "eu/rules.json");
    /// assert!(ObjectAddress::parse("rules/eu/rules.json").is_err());
    /// # Ok::<(), lambda::LoadError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, LoadError> {
        let wrong = |problem| LoadError::Address { problem };
        let rest = text
            .strip_prefix("s3://")
            .ok_or(wrong("it does not start with `s3://`"))?;
        let (bucket, key) = rest
            .split_once('/')
            .ok_or(wrong("it names a bucket and no key"))?;
        if bucket.is_empty() {
            return Err(wrong("the bucket is empty"));
        }
        if key.is_empty() {
            return Err(wrong("the key is empty"));
        }
        Ok(Self {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
        })
    }

    /// The bucket.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The key in the bucket.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The name of the file that keeps this object: digits only, so that no key can spell a path, and one per object, so
    /// that no two objects share a file. A bucket holds no slash, which makes the hashed text unambiguous.
    pub(super) fn file_name(&self) -> String {
        let digest = Sha256::digest(format!("{}/{}", self.bucket, self.key));
        digest.iter().fold(String::new(), |mut name, byte| {
            // Writing to a String does not fail.
            let _ = write!(name, "{byte:02x}");
            name
        })
    }
}
