//! The document store: a folder of JSON files that all replicas use.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;
use tokio::fs;

/// A folder of documents.
#[derive(Debug)]
pub struct Documents {
    folder: PathBuf,
    reads: AtomicU64,
    writes: AtomicU64,
}

/// A document could not be read or written. `Clone`, so that every caller that waited for one load gets its error.
#[derive(Clone, Debug, Error)]
#[error("the document store cannot be used")]
pub struct StoreError(#[source] Arc<io::Error>);

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        Self(Arc::new(error))
    }
}

impl Documents {
    /// The documents of a folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            reads: AtomicU64::new(0),
            writes: AtomicU64::new(0),
        }
    }

    /// Reads of a document since the service began.
    #[must_use]
    pub fn reads(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// Whether the store answers.
    pub async fn is_up(&self) -> bool {
        fs::metadata(&self.folder)
            .await
            .is_ok_and(|folder| folder.is_dir())
    }

    /// A document; `None` when there is none.
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        kind: &str,
        name: &str,
    ) -> Result<Option<T>, StoreError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        match fs::read(self.path(kind, name)).await {
            Ok(text) => Ok(Some(
                serde_json::from_slice(&text).map_err(io::Error::from)?,
            )),
            // A store that is away must not look like one that is empty.
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.is_up().await => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes a document as a whole: a reader gets the one before it or this one.
    pub(crate) async fn write<T: Serialize>(
        &self,
        kind: &str,
        name: &str,
        document: &T,
    ) -> Result<(), StoreError> {
        let path = self.path(kind, name);
        let number = self.writes.fetch_add(1, Ordering::Relaxed);
        let part = path.with_extension(format!("{}-{number}.part", std::process::id()));
        if !self.is_up().await {
            return Err(io::Error::from(io::ErrorKind::NotFound).into());
        }
        fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).await?;
        fs::write(
            &part,
            serde_json::to_vec_pretty(document).map_err(io::Error::from)?,
        )
        .await?;
        Ok(fs::rename(&part, &path).await?)
    }

    /// The names of all documents of a kind, in order.
    pub(crate) async fn names(&self, kind: &str) -> Result<Vec<String>, StoreError> {
        let mut names = Vec::new();
        let mut files = match fs::read_dir(self.folder.join(kind)).await {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.is_up().await => {
                return Ok(names);
            }
            Err(error) => return Err(error.into()),
        };
        while let Some(file) = files.next_entry().await? {
            let path = file.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "json")
            {
                names.extend(
                    path.file_stem()
                        .map(|name| name.to_string_lossy().into_owned()),
                );
            }
        }
        names.sort();
        Ok(names)
    }

    fn path(&self, kind: &str, name: &str) -> PathBuf {
        self.folder.join(kind).join(format!("{name}.json"))
    }
}
