//! Where the files are: a folder, or a bucket by URL.

use std::sync::Arc;
use std::{fmt, fs};

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;

/// A place of files. Clones are handles to the same one.
#[derive(Clone)]
pub struct Bucket {
    name: Arc<str>,
    store: Arc<dyn ObjectStore>,
}

impl Bucket {
    /// A store under a name that no other store in the process has: the caches tell buckets apart by it.
    pub fn new(name: impl Into<Arc<str>>, store: impl ObjectStore) -> Self {
        Self {
            name: name.into(),
            store: Arc::new(store),
        }
    }

    /// Opens a folder, or `s3://bucket` with the credentials of the environment.
    pub fn open(place: &str) -> object_store::Result<Self> {
        if place.starts_with("s3://") {
            return open_s3(place);
        }
        let folder = fs::canonicalize(place).map_err(|source| object_store::Error::NotFound {
            path: place.to_owned(),
            source: source.into(),
        })?;
        let store = LocalFileSystem::new_with_prefix(&folder)?;
        Ok(Self::new(folder.display().to_string(), store))
    }

    /// What the caches know this bucket by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn store(&self) -> &dyn ObjectStore {
        &*self.store
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bucket").field(&self.name).finish()
    }
}

#[cfg(feature = "s3")]
fn open_s3(url: &str) -> object_store::Result<Bucket> {
    // A request that has to wait for this load is better told soon: the default is three minutes.
    let retry = object_store::RetryConfig {
        max_retries: 2,
        retry_timeout: std::time::Duration::from_secs(10),
        ..Default::default()
    };
    let store = object_store::aws::AmazonS3Builder::from_env()
        .with_url(url)
        .with_retry(retry)
        .build()?;
    Ok(Bucket::new(url, store))
}

#[cfg(not(feature = "s3"))]
fn open_s3(_: &str) -> object_store::Result<Bucket> {
    Err(object_store::Error::NotSupported {
        source: "this build reads folders only: turn the feature `s3` on".into(),
    })
}
