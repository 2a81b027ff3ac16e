//! Where the files are: a folder, or a bucket by URL.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{fmt, fs};

use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt as _, Result};
use serde::Serialize;

/// A place that holds files. Clones refer to the same place.
#[derive(Clone)]
pub struct Bucket {
    name: Arc<str>,
    store: Arc<dyn ObjectStore>,
    requests: Arc<Counters>,
}

#[derive(Default)]
struct Counters {
    lists: AtomicU64,
    reads: AtomicU64,
}

/// How often a bucket was read since it was opened.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Requests {
    /// Listings: one for each load of the campaign configs.
    pub lists: u64,
    /// Reads of a file.
    pub reads: u64,
}

impl Bucket {
    /// A store under a name that no other store of the process has: the name is part of every cache key.
    pub fn new(name: impl Into<Arc<str>>, store: impl ObjectStore) -> Self {
        Self {
            name: name.into(),
            store: Arc::new(store),
            requests: Arc::default(),
        }
    }

    /// Opens a folder, or `s3://bucket` with the credentials of the environment.
    pub fn open(place: &str) -> Result<Self> {
        if place.starts_with("s3://") {
            return open_s3(place);
        }
        let folder = fs::canonicalize(place).map_err(|source| Error::NotFound {
            path: place.to_owned(),
            source: source.into(),
        })?;
        let store = LocalFileSystem::new_with_prefix(&folder)?;
        Ok(Self::new(folder.display().to_string(), store))
    }

    /// The name that is part of every cache key.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The requests that reached the store.
    #[must_use]
    pub fn requests(&self) -> Requests {
        Requests {
            lists: self.requests.lists.load(Ordering::Relaxed),
            reads: self.requests.reads.load(Ordering::Relaxed),
        }
    }

    /// Every file below a folder. The store returns a thousand names a page; the stream reads all pages.
    pub(crate) async fn list(&self, folder: &str) -> Result<Vec<Path>> {
        self.requests.lists.fetch_add(1, Ordering::Relaxed);
        let files = self.store.list(Some(&Path::from(folder)));
        files.map(|file| Ok(file?.location)).try_collect().await
    }

    /// A whole file; `None` when it does not exist.
    pub(crate) async fn read(&self, path: &Path) -> Result<Option<Vec<u8>>> {
        self.requests.reads.fetch_add(1, Ordering::Relaxed);
        match self.store.get(path).await {
            Ok(object) => Ok(Some(object.bytes().await?.into())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes a file, and the folders above it.
    pub(crate) async fn write(&self, path: &str, bytes: Vec<u8>) -> Result<()> {
        self.store.put(&Path::from(path), bytes.into()).await?;
        Ok(())
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bucket").field(&self.name).finish()
    }
}

#[cfg(feature = "s3")]
fn open_s3(url: &str) -> Result<Bucket> {
    // Requests wait for a load, so it has to fail sooner than after the default of three minutes.
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
fn open_s3(_: &str) -> Result<Bucket> {
    Err(Error::NotSupported {
        source: "this build reads folders only; build it with the feature `s3`".into(),
    })
}
